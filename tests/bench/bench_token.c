/*
 * What the token does by itself: P-256 signatures a second and the CPU time of
 * each, by bare C_Sign with a session per thread, and through src/hsm.  All
 * other rates are measured against the first of these.
 *
 * One line of JSON each: {"bench":"token.sign","via","threads","per_second",
 * "cpu_us"}.  With CLAVIGER_BENCH_TOKEN set to a label, SOFTHSM2_CONF to its
 * configuration and CLAVIGER_BENCH_PIN to its PIN, that token is measured;
 * else one made for the purpose.
 */
#include "config.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "hsm/hsm.h"
#include "tests/bench/bench.h"

#define MODULE	"/usr/lib/softhsm/libsofthsm2.so"
#define PIN	"1234"

#define RUN_US	1500000
#define MOST	32

static const unsigned THREADS[] = { 1, 2, 8, 32 };

struct run {
	struct hsm		*h;		/* NULL: bare calls */
	CK_FUNCTION_LIST	*f;
	CK_SLOT_ID		 slot;
	time_us			 until;
	atomic_ulong		 done;
};

static struct sha256
id_of(const char *name)
{
	return sha256_of(name, strlen(name));
}

/* A token in a folder of its own, which the caller removes. */
static void
make_token(char *folder)
{
	char path[128], text[256];
	int n;

	BENCH_OK(mkdtemp(folder) == NULL);
	(void)snprintf(path, sizeof(path), "%s/conf", folder);
	n = snprintf(text, sizeof(text), "directories.tokendir = %s\n",
	    folder);
	BENCH_OK(io_write_file(path, 0600, text, (size_t)n, NULL));
	BENCH_OK(setenv("SOFTHSM2_CONF", path, 1));
	BENCH_OK(system("softhsm2-util --init-token --free --label house "
	    "--pin " PIN " --so-pin 12345678 >/dev/null"));
}

static void
remove_token(const char *folder)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
	BENCH_OK(system(command));
}

static double
cpu_us(void)
{
	struct timespec t;

	BENCH_OK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t));
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static CK_OBJECT_HANDLE
find_key(struct run *r, CK_SESSION_HANDLE s)
{
	struct sha256 id = id_of("bench");
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE want[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id.o, sizeof(id.o) },
	};
	CK_OBJECT_HANDLE key = 0;
	CK_ULONG n = 0;

	BENCH_OK(r->f->C_FindObjectsInit(s, want, 2));
	BENCH_OK(r->f->C_FindObjects(s, &key, 1, &n));
	BENCH_OK(r->f->C_FindObjectsFinal(s));
	BENCH_OK(n == 1 ? 0 : -1);
	return key;
}

static void *
bare(void *arg)
{
	struct run *r = arg;
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	struct sha256 digest = id_of("image");
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	CK_BYTE sig[128];
	CK_ULONG n;

	BENCH_OK(r->f->C_OpenSession(r->slot, CKF_SERIAL_SESSION |
	    CKF_RW_SESSION, NULL, NULL, &s));
	key = find_key(r, s);
	while (clock_mono() < r->until) {
		n = sizeof(sig);
		BENCH_OK(r->f->C_SignInit(s, &m, key));
		BENCH_OK(r->f->C_Sign(s, digest.o, sizeof(digest.o), sig,
		    &n));
		r->done++;
	}
	BENCH_OK(r->f->C_CloseSession(s));
	return NULL;
}

static void *
through_hsm(void *arg)
{
	struct run *r = arg;
	struct sha256 id = id_of("bench"), digest = id_of("image");
	struct blob sig = { 0 };

	while (clock_mono() < r->until) {
		blob_clear(&sig);
		BENCH_OK(hsm_sign(r->h, &id, HSM_SCHEME_ECDSA_SHA256, digest.o,
		    sizeof(digest.o), &sig, NULL));
		r->done++;
	}
	blob_done(&sig);
	return NULL;
}

static void
measure(struct run *r, const char *via, void *(*fn)(void *), unsigned threads)
{
	pthread_t id[MOST];
	time_us began = clock_mono(), took;
	double cpu = cpu_us();
	unsigned i;

	r->until = began + RUN_US;
	r->done = 0;
	for (i = 0; i < threads; i++)
		BENCH_OK(pthread_create(&id[i], NULL, fn, r));
	for (i = 0; i < threads; i++)
		BENCH_OK(pthread_join(id[i], NULL));
	took = clock_mono() - began;
	cpu = cpu_us() - cpu;
	printf("{\"bench\":\"token.sign\",\"via\":\"%s\",\"threads\":%u,"
	    "\"per_second\":%.0f,\"cpu_us\":%.1f}\n", via, threads,
	    (double)r->done * 1e6 / (double)took, cpu / (double)r->done);
	fflush(stdout);
}

/* The slot that src/hsm has opened and logged into; both share the module. */
static void
find_slot(struct run *r)
{
	CK_C_GetFunctionList get;
	CK_SLOT_ID slots[64];
	CK_ULONG i, n = NELEM(slots);
	CK_TOKEN_INFO info;
	struct hsm_info want;
	void *so = dlopen(MODULE, RTLD_NOW), *symbol;

	BENCH_OK(so == NULL);
	BENCH_OK((symbol = dlsym(so, "C_GetFunctionList")) == NULL);
	memcpy(&get, &symbol, sizeof(get));
	BENCH_OK(get(&r->f));
	BENCH_OK(r->f->C_GetSlotList(CK_TRUE, slots, &n));
	hsm_info(r->h, &want);
	for (i = 0; i < n; i++)
		if (r->f->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
		    strncmp((const char *)info.serialNumber, want.serial,
		    strlen(want.serial)) == 0)
			r->slot = slots[i];
}

static struct hsm *
open_token(const char *label, const char *pin_text)
{
	AUTO(secret) *pin = NULL;
	struct hsm_options o = { .module = MODULE, .label = label,
		.sessions = MOST };
	struct hsm *h = NULL;

	BENCH_OK(secret_new(pin_text, strlen(pin_text), &pin, NULL));
	o.pin = pin;
	BENCH_OK(hsm_open(&o, &h, NULL));
	return h;
}

int
main(void)
{
	const char *label = getenv("CLAVIGER_BENCH_TOKEN");
	const char *pin = getenv("CLAVIGER_BENCH_PIN");
	struct sha256 id = id_of("bench");
	struct hsm_made made = { 0 };
	char folder[] = "/tmp/claviger-bench.XXXXXX";
	struct run r = { 0 };
	unsigned i;

	if (label == NULL)
		make_token(folder);
	r.h = open_token(label != NULL ? label : "house",
	    pin != NULL ? pin : PIN);
	BENCH_OK(hsm_generate(r.h, HSM_EC_P256, &id, "bench", &made, NULL));
	hsm_made_done(&made);
	find_slot(&r);
	for (i = 0; i < NELEM(THREADS); i++) {
		measure(&r, "C_Sign", bare, THREADS[i]);
		measure(&r, "hsm", through_hsm, THREADS[i]);
	}
	BENCH_OK(hsm_destroy(r.h, &id, NULL));
	hsm_free(r.h);
	if (label == NULL)
		remove_token(folder);
	return 0;
}
