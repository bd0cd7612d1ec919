#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "api/api.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "daemon/daemon.h"
#include "flow/flow.h"
#include "keyring/keyring.h"
#include "state/state.h"
#include "store/store.h"

struct daemon {
	const struct config	*c;
	int			 lock;
	struct store		*store;
	struct state		*state;
	struct flow		*flow;
	struct keyring		*keyring;
	pthread_mutex_t		 api_lock;	/* of others' calls, against its end */
	struct api		*api;		/* of the main thread; NULL: not there yet, or any more */
};

/* Changes come from any thread, and before the listeners are there. */
static void
changed(void *ctx, const char *request)
{
	struct daemon *d = ctx;

	pthread_mutex_lock(&d->api_lock);
	if (d->api != NULL)
		api_changed(d->api, request);
	pthread_mutex_unlock(&d->api_lock);
}

static void
api_set(struct daemon *d, struct api *a)
{
	pthread_mutex_lock(&d->api_lock);
	d->api = a;
	pthread_mutex_unlock(&d->api_lock);
}

static int
open_state(struct daemon *d, struct err *err)
{
	struct store_config sc = { .readers = 8 };
	struct flow_options fo = { .setup_token_file = d->c->setup_token_file,
	    .show_every = (unsigned)d->c->show_every, .changed = changed,
	    .ctx = d, .est_labels = d->c->est_labels,
	    .session_s = (unsigned)d->c->session,
	    .keys_refused = d->c->keys_refused,
	    .publisher = d->c->publisher,
	    .public_url = d->c->public_url,
	    .crl_lifetime = TIME_S(d->c->crl_lifetime),
	    .root_lifetime = TIME_S(d->c->root_lifetime),
	    .delta_lifetime = TIME_S(d->c->delta_lifetime),
	    .crl_delay = TIME_S(d->c->crl_delay),
	    .ocsp_lifetime = TIME_S(d->c->ocsp_lifetime),
	    .contacts = d->c->contacts, .notify_link = d->c->notify_link,
	    .mail = { .url = d->c->mail_server, .from = d->c->mail_from,
	    .user = d->c->mail_user, .ca_file = d->c->mail_ca,
	    .plain = d->c->mail_plain != 0 },
	    .mail_password = d->c->mail_password,
	    .look_every = (unsigned)d->c->look_every,
	    .own_certificate = d->c->control_listen[0] != '\0' ?
	    d->c->control_certificate : NULL,
	    .ocsp_unissued_revoked = d->c->ocsp_unissued != 0 };

	TRY(store_open(d->c->store_url, &sc, &d->store, err));
	TRY(state_open(d->store, NULL, &d->state, err));
	TRY(state_versions(d->state, err));
	fo.store = d->store;
	fo.state = d->state;
	return flow_new(&fo, &d->flow, err);
}

static int
open_keyring(struct daemon *d, struct err *err)
{
	struct keyring_options o = { .socket = d->c->keeper_socket,
	    .timeout = TIME_S(d->c->keeper_timeout), .welcome = flow_welcome,
	    .ctx = d->flow };

	TRY(keyring_open(&o, &d->keyring, err));
	return flow_start(d->flow, d->keyring, err);
}

static int
open_api(struct daemon *d, struct err *err)
{
	const struct config *c = d->c;
	struct api_options o = {
		.flow = d->flow, .store = d->store, .folder = c->folder,
		.control_listen = c->control_listen,
		.control_certificate = c->control_certificate,
		.control_key = c->control_key,
		.public_listen = c->public_listen,
		.local_listen = c->local_listen,
		.workers = (unsigned)c->workers, .queue = (unsigned)c->queue,
		.connections = (unsigned)c->connections,
		.per_address = (unsigned)c->per_address,
		.deadline_s = (unsigned)c->deadline,
		.wait_most_s = (unsigned)c->wait_most,
		.body_memory = (size_t)c->memory_mib << 20,
	};
	struct api *a;

	if (c->control_listen[0] != '\0')
		TRY(certificate_ensure(c->control_certificate, c->control_key,
		    err));
	TRY(api_open(&o, &a, err));
	api_set(d, a);
	log_line(LOG_INFO, "listening control=%u public=%u local=%u",
	    api_port(a, "control"), api_port(a, "public"),
	    api_port(a, "local"));
	return 0;
}

int
daemon_open(const struct config *c, struct daemon **ret, struct err *err)
{
	AUTO(daemon) *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_set(err, ENOMEMORY, "the service");
	d->c = c;
	d->lock = -1;
	pthread_mutex_init(&d->api_lock, NULL);
	TRY(io_mkdir_p(c->folder, 0700, err));
	TRY(lock_take(c->folder, &d->lock, err));
	TRY(open_state(d, err));
	TRY(open_keyring(d, err));
	TRY(flow_setup_open(d->flow, err));
	TRY(open_api(d, err));
	*ret = TAKE(d);
	return 0;
}

void
daemon_free(struct daemon *d)
{
	struct api *a;

	if (d == NULL)
		return;
	if (d->keyring != NULL)
		keyring_end(d->keyring);
	a = d->api;
	api_set(d, NULL);
	api_free(a);
	if (d->flow != NULL)
		flow_stop(d->flow);
	keyring_free(d->keyring);
	flow_free(d->flow);
	state_free(d->state);
	store_free(d->store);
	if (d->lock >= 0)
		close(d->lock);
	pthread_mutex_destroy(&d->api_lock);
	free(d);
}

static void
reload(struct daemon *d)
{
	struct err err = { .code = OK };
	char text[80];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_mono());
	tell(text);
	if (api_reload(d->api, &err) != 0)
		log_err(LOG_ERROR, "reading the certificate again", &err);
	else
		log_line(LOG_NOTE, "read the certificate again");
	tell("READY=1");
}

void
daemon_run(struct daemon *d)
{
	const struct timespec second = { 1, 0 };
	unsigned n = 0;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	tell("READY=1");
	for (;;) {
		sig = sigtimedwait(&set, NULL, &second);
		if (sig == SIGTERM || sig == SIGINT)
			break;
		if (sig == SIGHUP)
			reload(d);
		api_tick(d->api);
		flow_tick(d->flow, n++);
	}
	log_line(LOG_INFO, "stopping");
	tell("STOPPING=1");
}
