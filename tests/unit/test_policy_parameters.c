#include "config.h"

#include "tests/unit/ballot.h"

#define HEX96	HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define T1	"2026-11-21T08:00:00.000000Z"
#define T2	"2026-11-21T16:00:00.000000Z"
#define KEY	"'key':'" HEX_A "','key_name':'k'"
#define GENERATE "'name':'k','class':'firmware-signing','algorithm':" \
	"'ec-p256','scheme':'ecdsa-sha256','environment':'production'," \
	"'products':['lock']"
#define DIGEST	"'digest':{'algorithm':'sha-256','value':'" HEX_B "'}"
#define WINDOW	"'keys':[{" KEY "}],'by':['ci'],'uses':10,'from':'" T1 \
	"','until':'" T2 "'"
#define ISSUE	"'principal':'ci','type':'token','expires':'" T2 \
	"','hash':'" HEX_A "'"
#define RESTORE	"'token':{'n':9,'hash':'" HEX_A "'},'restored':{'n':5," \
	"'hash':'" HEX_B "','size':4,'root':'" HEX_B "'}"

#define CERT	KEY ",'ca':'devices','profile':'device','spki':'" HEX_B "'," \
	"'subject':[['commonName','lock 7']],'san':['uri:urn:device:7']"
#define CA	KEY ",'name':'devices','profile':'issuing-ca','spki':'" HEX_B \
	"','subject_key_name':'devices-1','subject':[['commonName','Devices']]" \
	",'partitions':1"
#define OTHER	KEY ",'name':'plant','profile':'issuing-ca','spki':'" HEX_B \
	"','csr':'" HEX_A "','subject':[['commonName','Plant']]"
#define URLS	",'urls':{'crl':'http://a/crl/d','ocsp':'http://a/ocsp'}"

#define IMPORT	KEY ",'name':'old','certificate':'" HEX_A "','partitions':1" URLS

#define LIST(authority, number, from) "'authority':'" authority "'," \
	"'issuer_name':'CN=o','series':'" HEX_A "','list':'" HEX_B "'," \
	"'number':'" number "','this_update':'" from "','next_update':'" T2 \
	"','entries':100000000"
#define ENTRY	"'name':'k','class':'c','environment':'production','products':[]"

#define HASHES_1 "'" HEX_A "'"
#define SELECTION(n, parts) "'selection':{'through':7,'certificates':" #n \
	",'parts':[" parts "],'valid_at':'" T1 "'}"

static const struct {
	const char	*why;
	enum action	 action;
	const char	*parameters;
} TAKEN[] = {
	{ "a key", ACTION_KEY_GENERATE, GENERATE },
	{ "another system's authority", ACTION_CA_IMPORT, IMPORT },
	{ "the number of its last list", ACTION_CA_IMPORT, IMPORT
	    ",'crl_number':'00'" },
	{ "of 20 octets, with the list", ACTION_CA_IMPORT, IMPORT
	    ",'crl_number':'7fffffffffffffffffffffffffffffffffffffff',"
	    "'crl':'" HEX_B "'" },
	{ "a key of the token's", ACTION_KEY_ADOPT, GENERATE
	    ",'object':'label:Old CA','reason':'moved'" },
	{ "the same by its id", ACTION_KEY_ADOPT, GENERATE ",'object':'id:01a4'" },
	{ "the least of what is elsewhere", ACTION_KEY_REGISTER, ENTRY
	    ",'at':'a vendor'" },
	{ "the most of it", ACTION_KEY_CORRECT, ENTRY ",'at':'a','algorithm':"
	    "'other','custodian':'c','public_key':'AAAA','owner':'o',"
	    "'recovery':'r','activated':'" T1 "','ends':'" T2 "','restored':'"
	    T1 "','note':'n','reason':'r'" },
	{ "its end", ACTION_KEY_UNREGISTER, ENTRY ",'reason':'r'" },
	{ "certificates of others", ACTION_CERT_IMPORT, "'certificates':['"
	    HEX_A "','" HEX_B "'],'products':['lock'],'owner':'o',"
	    "'reason':'r'" },
	{ "of which some were known", ACTION_CERT_IMPORT, "'certificates':['"
	    HEX_A "'],'products':[],'asked':'" HEX_B "'" },
	{ "another CA's list", ACTION_CRL_IMPORT, LIST(HEX_A, "1f", T1)
	    ",'scope':'users','reason':'r'" },
	{ "what was found", ACTION_DISCOVERY_REPORT, "'found':['" HEX_A
	    "'],'gone':['" HEX_B "'],'reason':'r'" },
	{ "a dismissal", ACTION_DISCOVERY_DISMISS, "'finding':'" HEX_A
	    "','kind':'sealed','place':'file://h/x','reason':'r'" },
	{ "a drill", ACTION_DRILL_REPORT,
	    "'drilled':'2026-11-21T00:00:00.000000Z','reason':'r'" },
	{ "the least of a device", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'T 1'}]" },
	{ "the most of it", ACTION_DEVICE_IMPORT, "'devices':[{'serial':'1',"
	    "'product':'lock','batch':'B','market':'EU','keys':['k','" HEX_A
	    "'],'made_at':'" T1 "'}],'reason':'r'" },
	{ "devices of two lines, and of none", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1','product':'lock'}],'lines':['','lock',"
	    "'valve']" },
	{ "what runs on one", ACTION_INSTALL_REPORT, "'installs':[{'serial':"
	    "'1','artifact_digest':'" HEX_A "','installed_at':'" T1
	    "','market':'EU'}],'reason':'r'" },
	{ "an activation", ACTION_KEY_ACTIVATE, KEY },
	{ "with a reason", ACTION_KEY_SUSPEND, KEY ",'reason':'lost'" },
	{ "a compromise", ACTION_KEY_COMPROMISE, KEY ",'since':'" T1 "'" },
	{ "the least of a signature", ACTION_KEY_SIGN, KEY "," DIGEST },
	{ "the most of a signature", ACTION_KEY_SIGN, KEY "," DIGEST
	    ",'product':'lock','version':'1.0','track':'main','claims':"
	    "{'builder':'anna'},'note':'n','attempt':2" },
	{ "SHA-384", ACTION_KEY_SIGN, KEY ",'digest':{'algorithm':'sha-384',"
	    "'value':'" HEX96 "'}" },
	{ "SHA-512", ACTION_KEY_SIGN, KEY ",'digest':{'algorithm':'sha-512',"
	    "'value':'" HEX_A HEX_B "'}" },
	{ "a window for digests", ACTION_WINDOW_OPEN, WINDOW
	    ",'digests':['" HEX_A "','" HEX96 "']" },
	{ "a window for any digest", ACTION_WINDOW_OPEN, WINDOW
	    ",'any_digest':true" },
	{ "a window's end", ACTION_WINDOW_CLOSE, "'window':'" REQ "'" },
	{ "an amendment", ACTION_CHARTER_AMEND, "'charter':'" HEX_A
	    "','previous':'" HEX_B "'" },
	{ "a credential", ACTION_CREDENTIAL_ISSUE, ISSUE },
	{ "a credential with a label", ACTION_CREDENTIAL_ISSUE, ISSUE
	    ",'label':'build 3'" },
	{ "its end", ACTION_CREDENTIAL_REVOKE, "'credential':'c'" },
	{ "a restore", ACTION_HOUSE_RESTORE, RESTORE ",'reason':'drill'" },
	{ "the least of a certificate", ACTION_CERT_ISSUE, CERT },
	{ "the most of a certificate", ACTION_CERT_ISSUE, CERT ",'device':'7',"
	    "'csr':'" HEX_A "','not_after':'" T2 "','reissue':true,'note':'n'" },
	{ "a CA", ACTION_CA_CREATE, CA URLS ",'issuer':'root','path_length':0,"
	    "'responder':'ocsp-1','name_constraints':{'permitted':['dns:a']}" },
	{ "a CA renewed", ACTION_CA_CREATE, CA URLS ",'issuer':'root',"
	    "'renews':'" HEX_A "'" },
	{ "a CA that succeeds another", ACTION_CA_CREATE, CA URLS
	    ",'issuer':'root','succeeds':'devices-0'" },
	{ "another system's CA", ACTION_CA_CREATE, OTHER ",'issuer':'root',"
	    "'name_constraints':{'excluded':['dns:a']}" },
	{ "what others are asked", ACTION_CA_REQUEST, KEY ",'subject':"
	    "[['commonName','Line']],'reason':'partner'" },
	{ "a CA's own end", ACTION_CA_RETIRE, KEY ",'ca':'devices'" },
	{ "a list", ACTION_CRL_SIGN, KEY ",'ca':'devices'" },
	{ "a partition's", ACTION_CRL_SIGN, KEY ",'ca':'devices',"
	    "'partition':3,'reason':'r'" },
	{ "answers", ACTION_OCSP_SIGN, KEY },
	{ "two revocations", ACTION_CERT_REVOKE, KEY ",'ca':'devices',"
	    "'serials':['0a','ffee'],'cause':'keyCompromise',"
	    "'invalid_since':'" T1 "'" },
	{ "all of an authority", ACTION_CERT_REVOKE, KEY ",'ca':'devices',"
	    "'filter':{}," SELECTION(1, HASHES_1) },
	{ "one part that is full", ACTION_CERT_REVOKE, KEY ",'ca':'devices',"
	    "'filter':{}," SELECTION(1000, HASHES_1) },
	{ "another that is begun", ACTION_CERT_HOLD, KEY ",'ca':'devices',"
	    "'filter':{}," SELECTION(1001, HASHES_1 "," HASHES_1) },
	{ "by all that there is", ACTION_CERT_RELEASE, KEY ",'ca':'devices',"
	    "'filter':{'profile':'p','device':'1','device_last':'9','spki':'"
	    HEX_B "','by':'ci','issued_since':'" T1 "','issued_before':'" T2
	    "','expired':true},'selection':{'through':7,'certificates':1,"
	    "'parts':[" HASHES_1 "]}" },
};

START_TEST(what_an_action_takes_is_taken)
{
	AUTO_JSON *p = members(TAKEN[_i].parameters);
	struct err e = { 0 };

	ck_assert_msg(parameters_check(TAKEN[_i].action, p, &e) == 0,
	    "%s: %s", TAKEN[_i].why, e.what);
}
END_TEST

/* Each member in turn is left out, doubled in kind, or joined by another. */
START_TEST(nothing_else_is)
{
	AUTO_JSON *p = members(TAKEN[_i].parameters), *no = NULL;
	struct err e = { 0 };
	const char *name;
	json_t *v;
	int rc;

	json_object_set_new(p, "more", json_true());
	ck_assert_int_eq(parameters_check(TAKEN[_i].action, p, &e), -ESCHEMA);
	json_object_del(p, "more");
	json_object_foreach(p, name, v) {
		json_decref(no);
		no = json_deep_copy(p);
		json_object_set_new(no, name, json_null());
		rc = parameters_check(TAKEN[_i].action, no, &e);
		ck_assert_msg(rc == -ESCHEMA, "%s: %s is null: %d",
		    TAKEN[_i].why, name, rc);
	}
}
END_TEST

static const struct {
	const char	*why;
	enum action	 action;
	const char	*parameters;
	enum err_code	 code;
} REFUSED[] = {
	{ "nothing", ACTION_KEY_SIGN, "", ESCHEMA },
	{ "a list without its number", ACTION_CA_IMPORT, IMPORT
	    ",'crl':'" HEX_B "'", ESCHEMA },
	{ "a list that is no hash", ACTION_CA_IMPORT, IMPORT
	    ",'crl_number':'00','crl':'00'", ESCHEMA },
	{ "a list's number of no octets", ACTION_CA_IMPORT, IMPORT
	    ",'crl_number':''", ERANGE_ },
	{ "a list's number of half an octet", ACTION_CA_IMPORT, IMPORT
	    ",'crl_number':'123'", EINPUT },
	{ "a list's number in decimal", ACTION_CA_IMPORT, IMPORT
	    ",'crl_number':12", ESCHEMA },
	{ "a list's number of 21 octets", ACTION_CA_IMPORT, IMPORT
	    ",'crl_number':'010000000000000000000000000000000000000000'",
	    ERANGE_ },
	{ "half an attribute", ACTION_CERT_ISSUE, KEY ",'ca':'d','profile':'p',"
	    "'spki':'" HEX_B "','san':[],'subject':[['commonName']]", ESCHEMA },
	{ "an attribute that is a number", ACTION_CERT_ISSUE, KEY ",'ca':'d',"
	    "'profile':'p','spki':'" HEX_B "','san':[],'subject':"
	    "[['commonName',7]]", ESCHEMA },
	{ "a place for deltas that is a number", ACTION_CA_CREATE, CA
	    ",'urls':{'crl':'http://a','delta':1}", ESCHEMA },
	{ "a CA with a place for news", ACTION_CA_CREATE, CA ",'urls':"
	    "{'news':'http://a'}", ESCHEMA },
	{ "a key of no object", ACTION_KEY_ADOPT, GENERATE, ESCHEMA },
	{ "an object that is neither", ACTION_KEY_ADOPT, GENERATE
	    ",'object':'Old CA'", EINPUT },
	{ "an object without a label", ACTION_KEY_ADOPT, GENERATE
	    ",'object':'label:'", EINPUT },
	{ "an object without an id", ACTION_KEY_ADOPT, GENERATE
	    ",'object':'id:'", EINPUT },
	{ "half an octet of an id", ACTION_KEY_ADOPT, GENERATE
	    ",'object':'id:01a'", EINPUT },
	{ "an id in other letters", ACTION_KEY_ADOPT, GENERATE
	    ",'object':'id:zz'", EINPUT },
	{ "an id of 65 octets", ACTION_KEY_ADOPT, GENERATE ",'object':'id:"
	    HEX_A HEX_A "aa'", ERANGE_ },
	{ "a label of 65 octets", ACTION_KEY_ADOPT, GENERATE ",'object':"
	    "'label:" HEX_A "a'", ERANGE_ },
	{ "an entry of no place", ACTION_KEY_REGISTER, ENTRY, ESCHEMA },
	{ "an entry's end with a place", ACTION_KEY_UNREGISTER, ENTRY
	    ",'at':'a'", ESCHEMA },
	{ "an entry's owner that is no name", ACTION_KEY_REGISTER, ENTRY
	    ",'at':'a','owner':'A B'", EINPUT },
	{ "an entry's product that is no name", ACTION_KEY_REGISTER,
	    "'name':'k','class':'c','environment':'e','products':['A'],"
	    "'at':'a'", EINPUT },
	{ "an entry's end that is no time", ACTION_KEY_CORRECT, ENTRY
	    ",'at':'a','ends':'2030'", EINPUT },
	{ "no certificates", ACTION_CERT_IMPORT, "'certificates':[],"
	    "'products':[]", ERANGE_ },
	{ "certificates by what is no hash", ACTION_CERT_IMPORT,
	    "'certificates':['ab'],'products':[]", EINPUT },
	{ "certificates of a product that is no name", ACTION_CERT_IMPORT,
	    "'certificates':['" HEX_A "'],'products':['A']", EINPUT },
	{ "asked with what is no hash", ACTION_CERT_IMPORT,
	    "'certificates':['" HEX_A "'],'products':[],'asked':'x'", EINPUT },
	{ "a list of an authority that is no hash", ACTION_CRL_IMPORT,
	    LIST("ab", "1f", T1), EINPUT },
	{ "a list whose number is none", ACTION_CRL_IMPORT,
	    LIST(HEX_A, "1", T1), EINPUT },
	{ "a list of no day", ACTION_CRL_IMPORT, LIST(HEX_A, "1f", "2030"),
	    EINPUT },
	{ "a list of more than there can be", ACTION_CRL_IMPORT,
	    LIST(HEX_A, "1f", T1) "0", ERANGE_ },
	{ "a finding by what is no hash", ACTION_DISCOVERY_REPORT,
	    "'found':['ab'],'gone':[]", EINPUT },
	{ "gone by what is no hash", ACTION_DISCOVERY_REPORT,
	    "'found':[],'gone':['ab']", EINPUT },
	{ "a dismissal of what is no finding", ACTION_DISCOVERY_DISMISS,
	    "'finding':'ab','kind':'sealed','place':'p','reason':'r'",
	    EINPUT },
	{ "a drill at no time", ACTION_DRILL_REPORT, "'reason':'r'", ESCHEMA },
	{ "a drill at what is no time", ACTION_DRILL_REPORT,
	    "'drilled':'yesterday'", EINPUT },
	{ "devices where installations are", ACTION_INSTALL_REPORT,
	    "'devices':[{'serial':'1'}]", ESCHEMA },
	{ "an installation of what is no digest", ACTION_INSTALL_REPORT,
	    "'installs':[{'serial':'1','artifact_digest':'ab',"
	    "'installed_at':'" T1 "'}]", EINPUT },
	{ "an installation of a digest in other letters",
	    ACTION_INSTALL_REPORT, "'installs':[{'serial':'1',"
	    "'artifact_digest':'AAAA456789abcdef0123456789abcdef0123456789"
	    "abcdef0123456789abcdef','installed_at':'" T1 "'}]", EINPUT },
	{ "a line twice", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1'}],'lines':['lamp','lamp']", EINPUT },
	{ "lines out of order", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1'}],'lines':['valve','lamp']", EINPUT },
	{ "a line that is none", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1'}],'lines':['A lamp']", EINPUT },
	{ "a row of a line that is not named", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1','product':'lock'}],'lines':['valve']",
	    EINPUT },
	{ "devices asked with what is no hash", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1'}],'asked':'x'", EINPUT },
	{ "no lines", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1'}],'lines':[]", ERANGE_ },
	{ "no devices", ACTION_DEVICE_IMPORT, "'devices':[]", ERANGE_ },
	{ "a device without its serial number", ACTION_DEVICE_IMPORT,
	    "'devices':[{'product':'lock'}]", ESCHEMA },
	{ "a device that is none", ACTION_DEVICE_IMPORT, "'devices':[7]",
	    ESCHEMA },
	{ "a device with more", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1','colour':'red'}]", ESCHEMA },
	{ "a device with a serial number of two lines", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1\\n2'}]", EINPUT },
	{ "a device of what is no product line", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1','product':'A B'}]", EINPUT },
	{ "a device with what is no key", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1','keys':['A B']}]", EINPUT },
	{ "a device made on a day", ACTION_DEVICE_IMPORT,
	    "'devices':[{'serial':'1','made_at':'2026-11-20'}]", EINPUT },
	{ "a request for nobody", ACTION_CA_REQUEST, KEY ",'subject':[]",
	    ERANGE_ },
	{ "a request for half a name", ACTION_CA_REQUEST, KEY
	    ",'subject':[['commonName']]", ESCHEMA },
	{ "a CA without a place for lists", ACTION_CA_CREATE, CA, ESCHEMA },
	{ "a CA with a key that has no name", ACTION_CA_CREATE, KEY
	    ",'name':'d','profile':'p','spki':'" HEX_B "','subject':[],"
	    "'partitions':1" URLS, ESCHEMA },
	{ "a CA of two systems", ACTION_CA_CREATE, CA URLS ",'csr':'" HEX_A
	    "','issuer':'root'", ESCHEMA },
	{ "another system's CA that we publish for", ACTION_CA_CREATE, OTHER
	    URLS ",'issuer':'root'", ESCHEMA },
	{ "another system's CA with partitions", ACTION_CA_CREATE, OTHER
	    ",'issuer':'root','partitions':1", ESCHEMA },
	{ "another system's CA that we answer for", ACTION_CA_CREATE, OTHER
	    ",'issuer':'root','responder':'r'", ESCHEMA },
	{ "another system's CA that succeeds ours", ACTION_CA_CREATE, OTHER
	    ",'issuer':'root','succeeds':'d'", ESCHEMA },
	{ "another system's CA renewed", ACTION_CA_CREATE, OTHER
	    ",'issuer':'root','renews':'" HEX_A "'", ESCHEMA },
	{ "a CA renewed that is no hash", ACTION_CA_CREATE, CA URLS
	    ",'renews':'x'", ESCHEMA },
	{ "a CA that succeeds no name", ACTION_CA_CREATE, CA URLS
	    ",'succeeds':'A B'", EINPUT },
	{ "another system's root", ACTION_CA_CREATE, OTHER, ESCHEMA },
	{ "a constraint of another kind", ACTION_CA_CREATE, CA URLS
	    ",'name_constraints':{'liked':['dns:a']}", ESCHEMA },
	{ "half a digit of a serial", ACTION_CERT_REVOKE, KEY ",'ca':'d',"
	    "'serials':['abc']", EINPUT },
	{ "a serial of 21 octets", ACTION_CERT_REVOKE, KEY ",'ca':'d',"
	    "'serials':['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']", EINPUT },
	{ "serials and a filter", ACTION_CERT_REVOKE, KEY ",'ca':'d',"
	    "'serials':['0a'],'filter':{}," SELECTION(1, HASHES_1), ESCHEMA },
	{ "neither", ACTION_CERT_REVOKE, KEY ",'ca':'d'", ESCHEMA },
	{ "a filter that is not fixed", ACTION_CERT_REVOKE, KEY ",'ca':'d',"
	    "'filter':{}", ESCHEMA },
	{ "a filter by what changes", ACTION_CERT_REVOKE, KEY ",'ca':'d',"
	    "'filter':{'status':'good'}," SELECTION(1, HASHES_1), ESCHEMA },
	{ "half a range", ACTION_CERT_REVOKE, KEY ",'ca':'d','filter':"
	    "{'device_last':'9'}," SELECTION(1, HASHES_1), EINPUT },
	{ "a filter's time in another spelling", ACTION_CERT_REVOKE, KEY
	    ",'ca':'d','filter':{'issued_since':'2026-01-01T00:00:00Z'},"
	    SELECTION(1, HASHES_1), EINPUT },
	{ "a part too few", ACTION_CERT_REVOKE, KEY ",'ca':'d','filter':{},"
	    SELECTION(1001, HASHES_1), EINPUT },
	{ "a part too many", ACTION_CERT_REVOKE, KEY ",'ca':'d','filter':{},"
	    SELECTION(1000, HASHES_1 "," HASHES_1), EINPUT },
	{ "a part that is no hash", ACTION_CERT_REVOKE, KEY ",'ca':'d',"
	    "'filter':{}," SELECTION(1, "'0a'"), EINPUT },
	{ "none at all", ACTION_CERT_REVOKE, KEY ",'ca':'d','filter':{},"
	    SELECTION(0, HASHES_1), ERANGE_ },
	{ "more than 256 parts", ACTION_CERT_REVOKE, KEY ",'ca':'d',"
	    "'filter':{}," SELECTION(256001, HASHES_1), ERANGE_ },
	{ "expired ones, and a moment", ACTION_CERT_REVOKE, KEY ",'ca':'d',"
	    "'filter':{'expired':true}," SELECTION(1, HASHES_1), ESCHEMA },
	{ "a key without a name", ACTION_KEY_SIGN, "'key':'" HEX_A "',"
	    DIGEST, ESCHEMA },
	{ "a key without a hash", ACTION_KEY_SIGN, "'key_name':'k'," DIGEST,
	    ESCHEMA },
	{ "a hash in capitals", ACTION_KEY_ACTIVATE, "'key':'" "AAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "','key_name':'k'", ESCHEMA },
	{ "a short hash", ACTION_KEY_ACTIVATE, "'key':'ab','key_name':'k'",
	    ESCHEMA },
	{ "a name in capitals", ACTION_KEY_ACTIVATE, "'key':'" HEX_A
	    "','key_name':'K'", EINPUT },
	{ "a name with a slash", ACTION_KEY_ACTIVATE, "'key':'" HEX_A
	    "','key_name':'a/b'", EINPUT },
	{ "a digest of nothing we know", ACTION_KEY_SIGN, KEY ",'digest':"
	    "{'algorithm':'sha-1','value':'" HEX_B "'}", ESCHEMA },
	{ "a digest too short", ACTION_KEY_SIGN, KEY ",'digest':"
	    "{'algorithm':'sha-256','value':'abcd'}", EINPUT },
	{ "a digest too long", ACTION_KEY_SIGN, KEY ",'digest':"
	    "{'algorithm':'sha-256','value':'" HEX_A HEX_B "'}", EINPUT },
	{ "a digest that is no number", ACTION_KEY_SIGN, KEY ",'digest':"
	    "{'algorithm':'sha-256','value':'" "zz" HEX_B "'}", EINPUT },
	{ "a digest with a member more", ACTION_KEY_SIGN, KEY ",'digest':"
	    "{'algorithm':'sha-256','value':'" HEX_B "','salt':'x'}", ESCHEMA },
	{ "a claim that is no text", ACTION_KEY_SIGN, KEY "," DIGEST
	    ",'claims':{'a':1}", ESCHEMA },
	{ "a claim whose name is none", ACTION_KEY_SIGN, KEY "," DIGEST
	    ",'claims':{'A b':'x'}", EINPUT },
	{ "a track that is no name", ACTION_KEY_SIGN, KEY "," DIGEST
	    ",'track':'Main line'", EINPUT },
	{ "the attempt before the first", ACTION_KEY_SIGN, KEY "," DIGEST
	    ",'attempt':0", ERANGE_ },
	{ "a time without its fraction", ACTION_KEY_COMPROMISE, KEY
	    ",'since':'2026-11-21T08:00:00Z'", EINPUT },
	{ "a time of another zone", ACTION_KEY_COMPROMISE, KEY
	    ",'since':'2026-11-21T08:00:00.00+01:0'", EINPUT },
	{ "a day that is none", ACTION_KEY_COMPROMISE, KEY
	    ",'since':'2026-02-30T08:00:00.000000Z'", EINPUT },
	{ "a product that is no name", ACTION_KEY_GENERATE, "'name':'k',"
	    "'class':'c','algorithm':'ec-p256','scheme':'ecdsa-sha256',"
	    "'environment':'production','products':['A']", EINPUT },
	{ "a window for nothing in particular", ACTION_WINDOW_OPEN, WINDOW,
	    ESCHEMA },
	{ "a window for digests and any", ACTION_WINDOW_OPEN, WINDOW
	    ",'digests':['" HEX_A "'],'any_digest':true", ESCHEMA },
	{ "a window for any digest that is false", ACTION_WINDOW_OPEN, WINDOW
	    ",'any_digest':false", ESCHEMA },
	{ "a window without uses", ACTION_WINDOW_OPEN, "'keys':[{" KEY "}],"
	    "'by':['ci'],'from':'" T1 "','until':'" T2
	    "','any_digest':true", ESCHEMA },
	{ "a window of no uses", ACTION_WINDOW_OPEN, "'keys':[{" KEY "}],"
	    "'by':['ci'],'uses':0,'from':'" T1 "','until':'" T2
	    "','any_digest':true", ERANGE_ },
	{ "a window for no key", ACTION_WINDOW_OPEN, "'keys':[],'by':['ci'],"
	    "'uses':1,'from':'" T1 "','until':'" T2 "','any_digest':true",
	    ERANGE_ },
	{ "a window for nobody", ACTION_WINDOW_OPEN, "'keys':[{" KEY "}],"
	    "'by':[],'uses':1,'from':'" T1 "','until':'" T2
	    "','any_digest':true", ERANGE_ },
	{ "a window's digest of an odd length", ACTION_WINDOW_OPEN, WINDOW
	    ",'digests':['abc']", EINPUT },
	{ "a window's digest that is one digit more", ACTION_WINDOW_OPEN,
	    WINDOW ",'digests':['" HEX_A "a']", EINPUT },
	{ "a restore of a head without its hash", ACTION_HOUSE_RESTORE,
	    "'token':{'n':9},'restored':{'n':5,'hash':'" HEX_B
	    "'},'reason':'r'", ESCHEMA },
	{ "a restore without a reason", ACTION_HOUSE_RESTORE, RESTORE,
	    ESCHEMA },
	{ "reading is no request", ACTION_HOUSE_READ, "", ESCHEMA },
	{ "nor is what is not built yet", ACTION_CERT_ISSUE, KEY, ESCHEMA },
};

START_TEST(what_is_not_well_formed_is_refused)
{
	AUTO_JSON *p = members(REFUSED[_i].parameters);
	struct err e = { 0 };
	int rc = parameters_check(REFUSED[_i].action, p, &e);

	ck_assert_msg(rc == -(int)REFUSED[_i].code, "%s: %s (%s)",
	    REFUSED[_i].why, rc == 0 ? "taken" : err_code_name(e.code),
	    e.what);
}
END_TEST

START_TEST(what_has_been_lies_not_ahead)
{
	static const struct {
		const char *why, *member;
		time_us from_now;
		int rc;
	} rows[] = {
		{ "a moment ago", "since", -1, 0 },
		{ "now", "since", 0, 0 },
		{ "as far ahead as clocks differ", "since", QUORUM_SKEW, 0 },
		{ "beyond", "since", QUORUM_SKEW + 1, -ERANGE_ },
		{ "a certificate's date", "invalid_since", QUORUM_SKEW, 0 },
		{ "which is none to come", "invalid_since", QUORUM_SKEW + 1,
		    -ERANGE_ },
	};
	time_us now = clock_now();

	for (size_t i = 0; i < NELEM(rows); i++) {
		AUTO_JSON *p = json_object();
		char text[TIME_TEXT];

		clock_text(now + rows[i].from_now, text);
		unit_ok(json_set_str(p, rows[i].member, text,
		    &unit_err));
		ck_assert_msg(parameters_past_check(p, now, &unit_err) ==
		    rows[i].rc, "%s", rows[i].why);
	}
}
END_TEST

UNIT_MAIN("policy/parameters",
	UNIT_ROWS(what_an_action_takes_is_taken, TAKEN)
	UNIT_ROWS(nothing_else_is, TAKEN)
	UNIT_ROWS(what_is_not_well_formed_is_refused, REFUSED)
	UNIT(what_has_been_lies_not_ahead))
