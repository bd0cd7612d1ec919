/* When the next list of another CA is due, and which is overdue. */
#include "config.h"

#include "store/sql.h"
#include "tests/unit/engine.h"
#include "tests/unit/world_crl.h"

struct late {
	time_us		 now;
	json_t		*list;		/* owned */
};

static int
late_look(struct tx *tx, void *ctx, struct err *err)
{
	struct late *l = ctx;

	return crl_elsewhere_overdue(tx, l->now, 10, &l->list, err);
}

/* "NUMBER NUMBER " of those that are. */
static void
late_is(struct world *w, time_us now, const char *want)
{
	struct late l = { .now = now };
	char got[80] = "";
	const json_t *one;
	size_t i;

	unit_ok(state_read(w->state, late_look, &l, &unit_err));
	json_array_foreach(l.list, i, one) {
		size_t n = strlen(got);

		snprintf(got + n, sizeof(got) - n, "%s ", json_str(one,
		    "number", "-"));
		ck_assert_str_ne(json_str(one, "issuer_name", ""), "");
	}
	ck_assert_str_eq(got, want);
	json_decref(l.list);
}

static void
next_take(struct world *w, const struct list *l)
{
	struct asking a = { .head = NULL };

	asking_make(w, l, &a);
	unit_ok(take(w, &a, &unit_err));
	asking_done(&a);
}

#define DAY(n)	(SIGNER_FROM + TIME_S(86400ll * (n)))

START_TEST(a_list_that_none_has_followed_in_time_is_overdue)
{
	static const struct list next = { 6, 4, { KEY, NONE, NONE, NONE },
	    NULL, false }, apart = { 1, 5, { NONE, NONE, NONE, NONE },
	    "URI:http://o/2.crl", false };
	struct world w;

	begin(&w);
	first_take(&w, 1);
	late_is(&w, DAY(3), "");
	late_is(&w, DAY(3) + 1, "05 ");
	next_take(&w, &next);
	late_is(&w, DAY(5), "");
	next_take(&w, &apart);
	late_is(&w, DAY(5) + 1, "06 ");
	late_is(&w, DAY(6) + 1, "06 01 ");
	late_is(&w, DAY(SIGNER_DAYS) - 1, "06 01 ");
	late_is(&w, DAY(SIGNER_DAYS), "");
	end(&w);
}
END_TEST

/* Of an authority that a list of its own superior names. */
START_TEST(of_a_revoked_authority_no_list_is_awaited)
{
	struct world w;

	begin(&w);
	first_take(&w, 1);
	late_is(&w, DAY(4), "05 ");
	engine_sql("UPDATE elsewhere_certificate SET "
	    "reason = 'key-compromise' WHERE ca = 1");
	late_is(&w, DAY(4), "");
	end(&w);
}
END_TEST

START_TEST(lists_of_before_have_their_dates_from_their_requests)
{
	const enum sql_engine e = ENGINE_IS_SQLITE ? SQL_SQLITE :
	    SQL_POSTGRESQL;
	char *text;
	struct world w;

	begin(&w);
	first_take(&w, 1);
	engine_sql("UPDATE elsewhere_list SET next_update = 0");
	late_is(&w, DAY(3) + 1, "");
	for (size_t i = 0; i < sql_migrations_n; i++)
		if (strcmp(sql_migrations[i].name, "0031-lists-due") == 0) {
			text = strdup(strstr(sql_migrations[i].text[e],
			    "UPDATE"));
			*strstr(text, "CREATE") = '\0';
			engine_sql(text);
			free(text);
		}
	late_is(&w, DAY(3), "");
	late_is(&w, DAY(3) + 1, "05 ");
	end(&w);
}
END_TEST

ENGINE_MAIN("crl_overdue",
    UNIT(a_list_that_none_has_followed_in_time_is_overdue)
    UNIT(of_a_revoked_authority_no_list_is_awaited)
    UNIT(lists_of_before_have_their_dates_from_their_requests))
