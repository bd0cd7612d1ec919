#include "api/server.h"

void
metrics_count(struct metrics *m, const struct exchange *x, time_us took)
{
	size_t i = x->match.route != NULL ?
	    (size_t)(x->match.route - routes) : ROUTE__N;
	unsigned class = (unsigned)x->reply.status / 100;

	if (class >= METRIC_CLASSES)
		class = 0;
	atomic_fetch_add(&m->count[i][class], 1);
	atomic_fetch_add(&m->micros[i], (unsigned long long)took);
}

static int
route_lines(const struct metrics *m, size_t i, struct blob *ret,
    struct err *err)
{
	const char *name = i < ROUTE__N ? routes[i].name : "none";
	const char *at = i < ROUTE__N && routes[i].at == AT_PUBLIC ?
	    "public" : "control";
	unsigned long long n, all = 0, micros;
	unsigned c;

	for (c = 0; c < METRIC_CLASSES; c++) {
		n = atomic_load(&m->count[i][c]);
		all += n;
		if (n > 0)
			TRY(blob_printf(ret, err, "claviger_http_requests_total"
			    "{route=\"%s\",listener=\"%s\",status=\"%uxx\"} %llu\n",
			    name, at, c, n));
	}
	if (all == 0)
		return 0;
	micros = atomic_load(&m->micros[i]);
	return blob_printf(ret, err, "claviger_http_seconds_total"
	    "{route=\"%s\",listener=\"%s\"} %llu.%06llu\n", name, at,
	    micros / 1000000, micros % 1000000);
}

int
metrics_text(struct api *a, struct blob *ret, struct err *err)
{
	const struct metrics *m = &a->metrics;
	unsigned connections;
	size_t i;

	TRY(blob_puts(ret, "# TYPE claviger_http_requests_total counter\n"
	    "# TYPE claviger_http_seconds_total counter\n", err));
	for (i = 0; i <= ROUTE__N; i++)
		TRY(route_lines(m, i, ret, err));
	pthread_mutex_lock(&a->watch.lock);
	connections = a->watch.n;
	pthread_mutex_unlock(&a->watch.lock);
	TRY(blob_printf(ret, err, "# TYPE claviger_http_connections gauge\n"
	    "claviger_http_connections %u\n"
	    "# TYPE claviger_http_busy_total counter\n"
	    "claviger_http_busy_total %llu\n"
	    "# TYPE claviger_http_slow_total counter\n"
	    "claviger_http_slow_total %llu\n"
	    "# TYPE claviger_http_strangers_total counter\n"
	    "claviger_http_strangers_total %llu\n", connections,
	    atomic_load(&m->busy), atomic_load(&m->slow),
	    atomic_load(&m->strangers)));
	return flow_metrics(a->flow, ret, err);
}
