#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/template.h"

struct generate_job {
	struct hsm		*h;
	enum hsm_algorithm	 algorithm;
	struct template_name	 name;
	struct hsm_made		*made;
	bool			 begun;		/* objects of this id are ours: done again after a loss */
};

static int
make_pair(struct session *s, const struct generate_job *j, struct err *err)
{
	CK_MECHANISM m = { template_mechanism(j->algorithm, NULL), NULL, 0 };
	struct template pub = { .n = 0 }, priv = { .n = 0 };
	CK_OBJECT_HANDLE pub_key, priv_key;

	template_public(j->algorithm, &j->name, &pub);
	template_private(j->algorithm, &j->name, &priv);
	P11(s, err, C_GenerateKeyPair, s->h, &m, pub.a, pub.n, priv.a, priv.n,
	    &pub_key, &priv_key);
	TRY(template_check(s, priv_key, err));
	TRY(object_spki(s, pub_key, j->made->spki, err));
	handle_learn(s, j->name.id, priv_key, HANDLE_UNKNOWN);
	return 0;
}

/* The check value: a block of zeros enciphered tells keys apart and tells nothing of them. */
static int
check_value(struct session *s, CK_OBJECT_HANDLE key, struct hsm_made *ret,
    struct err *err)
{
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_BYTE zero[16] = { 0 }, out[32];
	CK_ULONG n = sizeof(out);

	P11(s, err, C_EncryptInit, s->h, &ecb, key);
	P11(s, err, C_Encrypt, s->h, zero, sizeof(zero), out, &n);
	if (n != sizeof(zero))
		return err_set(err, ETOKEN, "AES gave %lu octets for 16",
		    (unsigned long)n);
	memcpy(ret->kcv, out, sizeof(ret->kcv));
	return 0;
}

static int
make_secret(struct session *s, const struct generate_job *j, struct err *err)
{
	CK_MECHANISM m = { CKM_AES_KEY_GEN, NULL, 0 };
	struct template t = { .n = 0 };
	CK_OBJECT_HANDLE key;

	template_secret(j->algorithm, &j->name, &t);
	P11(s, err, C_GenerateKey, s->h, &m, t.a, t.n, &key);
	TRY(template_check(s, key, err));
	TRY(check_value(s, key, j->made, err));
	handle_learn(s, j->name.id, key, HANDLE_UNKNOWN);
	return 0;
}

static int
check_new(struct session *s, const struct sha256 *id, struct err *err)
{
	CK_OBJECT_HANDLE *all = NULL;
	size_t n = 0;

	TRY(object_find_id(s, CK_UNAVAILABLE_INFORMATION, id, &all, &n, err));
	free(all);
	return n == 0 ? 0 :
	    err_set(err, EEXISTS, "the token holds this id already");
}

/* What cannot be taken back now is found by hsm_list later, as partial or unknown. */
static void
take_back(struct session *s, const struct sha256 *id)
{
	int rc UNUSED = object_destroy_id(s, id, NULL);
}

static int
generate_job(struct session *s, void *ctx, struct err *err)
{
	struct generate_job *j = ctx;
	bool pair = template_is_pair(j->algorithm);
	int rc;

	blob_clear(j->made->spki);
	TRY(j->begun ? object_destroy_id(s, j->name.id, err) :
	    check_new(s, j->name.id, err));
	s->absent = false;	/* a new key is meant to be absent */
	j->begun = true;
	rc = pair ? make_pair(s, j, err) : make_secret(s, j, err);
	if (rc == 0)
		rc = made_uri(j->h, pair ? CKO_PRIVATE_KEY :
		    CKO_SECRET_KEY, &j->name, j->made, err);
	if (rc != 0) {
		take_back(s, j->name.id);
		s->absent = false;
	}
	return rc;
}

/* The one object of this class and id, with the attributes of a key that was made here. */
static int
find_kept(struct session *s, CK_OBJECT_CLASS class, const struct sha256 *id,
    CK_OBJECT_HANDLE *ret, struct err *err)
{
	CK_OBJECT_HANDLE *all = NULL;
	char why[80] = "";
	size_t n = 0;

	TRY(object_find_id(s, class, id, &all, &n, err));
	if (n == 1)
		*ret = all[0];
	free(all);
	s->absent = n == 0;
	if (n != 1)
		return err_set(err, ENOKEY, "the token holds %zu of it", n);
	if (class != CKO_PUBLIC_KEY)
		TRY(template_kept(s, *ret, why, err));
	/* A crash may have left it between its object and its attributes. */
	return why[0] == '\0' ? 0 :
	    err_set(err, ENOKEY, "the token holds it half made: %s", why);
}

static int
recall_job(struct session *s, void *ctx, struct err *err)
{
	const struct generate_job *j = ctx;
	bool pair = template_is_pair(j->algorithm);
	CK_OBJECT_CLASS class = pair ? CKO_PRIVATE_KEY : CKO_SECRET_KEY;
	CK_OBJECT_HANDLE key, pub;

	blob_clear(j->made->spki);
	TRY(find_kept(s, class, j->name.id, &key, err));
	if (pair) {
		TRY(find_kept(s, CKO_PUBLIC_KEY, j->name.id, &pub, err));
		TRY(object_spki(s, pub, j->made->spki, err));
	} else {
		TRY(check_value(s, key, j->made, err));
	}
	return made_uri(j->h, class, &j->name, j->made, err);
}

static int
made_by(int (*fn)(struct session *, void *, struct err *),
    struct generate_job *j, struct hsm_made *ret, struct err *err)
{
	struct hsm_made made = { 0 };
	int rc;

	j->made = &made;
	if ((made.spki = blob_new()) == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	rc = pool_run(&j->h->pool, fn, j, err);
	if (rc == 0 && !template_is_pair(j->algorithm)) {
		blob_free(made.spki);
		made.spki = NULL;
	}
	if (rc == 0)
		*ret = made;
	else
		hsm_made_done(&made);
	return rc;
}

int
hsm_recall(struct hsm *h, enum hsm_algorithm a, const struct sha256 *id,
    const char *label, struct hsm_made *ret, struct err *err)
{
	struct generate_job j = { h, a, { id, label }, NULL, false };

	if ((unsigned)a >= HSM_ALGORITHM__N)
		return err_set(err, ERANGE_, "no such algorithm");
	return made_by(recall_job, &j, ret, err);
}

int
hsm_generate(struct hsm *h, enum hsm_algorithm a, const struct sha256 *id,
    const char *label, struct hsm_made *ret, struct err *err)
{
	struct generate_job j = { h, a, { id, label }, NULL, false };
	size_t n = strlen(label);

	if ((unsigned)a >= HSM_ALGORITHM__N || n == 0 || n > 64)
		return err_set(err, ERANGE_, "a key needs an algorithm and a label of 1..64 octets");
	if (!hsm_can(h, a))
		return err_set(err, ERANGE_, "this token makes no %s keys",
		    hsm_algorithm_name(a));
	return made_by(generate_job, &j, ret, err);
}

void
hsm_made_done(struct hsm_made *m)
{
	blob_free(m->spki);
	memset(m, 0, sizeof(*m));
}

bool
hsm_can(struct hsm *h, enum hsm_algorithm a)
{
	struct token *t = &h->pool.token;
	CK_MECHANISM_INFO info;
	CK_MECHANISM_TYPE m;
	CK_ULONG size;
	CK_RV rv = CKR_TOKEN_NOT_PRESENT;

	if ((unsigned)a >= HSM_ALGORITHM__N)
		return false;
	m = template_mechanism(a, &size);
	(void)pthread_mutex_lock(&h->pool.lock);
	if (h->pool.open)
		rv = t->f->C_GetMechanismInfo(t->slot, m, &info);
	(void)pthread_mutex_unlock(&h->pool.lock);
	if (rv == CKR_TOKEN_NOT_PRESENT)
		return true;	/* not known: the generation itself will tell */
	return rv == CKR_OK && (m != CKM_RSA_PKCS_KEY_PAIR_GEN ||
	    (info.ulMinKeySize <= size && size <= info.ulMaxKeySize));
}
