/*
 * bare_ca - the house of bare.h as one of CAs: an issuing CA that one which is
 * not here certified, a responder, and a key that is nothing yet.
 */
#ifndef TESTS_KEEPER_BARE_CA_H
#define TESTS_KEEPER_BARE_CA_H

#include "tests/keeper/bare.h"

static const char bare_ca_law[] =
"{\"access\":{\"rules\":[{\"action\":[\"charter.amend\"],\"approvals\":[{\"count\":2,\"of\":\"officer"
"s\",\"proof\":[\"officer-key\"],\"within\":\"P1D\"}],\"by\":[\"officers\"],\"name\":\"amend\",\"why\""
":\"x\"}]},\"alerts\":{},\"classes\":{\"ca\":{\"keys\":{\"algorithms\":[\"ec-p256\"],\"cryptoperiod\""
":\"P2Y\",\"exportable\":\"never\"},\"kind\":\"ca\",\"owner\":\"officers\",\"purpose\":\"x\",\"recove"
"ry\":\"rotate\",\"rules\":[{\"action\":[\"cert.issue\",\"crl.sign\",\"ocsp.sign\"],\"by\":[\"robots\""
"],\"name\":\"all\",\"why\":\"x\"},{\"action\":[\"ca.create\",\"ca.import\"],\"approvals\":[{\"count\""
":2,\"not\":[\"requester\"],\"of\":\"officers\",\"proof\":[\"officer-key\"],\"within\":\"PT2H\"}],\"b"
"y\":[\"robots\"],\"name\":\"make\",\"why\":\"x\"}]}},\"language\":0,\"name\":\"fuzz\",\"profiles\":{"
"\"device\":{\"device\":\"required\",\"extended-key-usage\":[\"client-auth\"],\"key-usage\":[\"digita"
"l-signature\"],\"keys\":[\"ec-p256\"],\"kind\":\"end-entity\",\"purpose\":\"x\",\"retention\":\"P1Y\""
",\"subject\":[{\"attribute\":\"commonName\",\"from\":\"device\"}],\"validity\":{\"for\":\"P1Y\"}},\""
"root\":{\"key-usage\":[\"key-cert-sign\",\"crl-sign\"],\"keys\":[\"ec-p256\"],\"kind\":\"root\",\"pu"
"rpose\":\"x\",\"retention\":\"P0D\",\"subject\":[{\"attribute\":\"commonName\",\"from\":\"request\"}"
"],\"validity\":{\"for\":\"P20Y\"}}},\"recovery\":{\"rotate\":{\"purpose\":\"x\",\"steps\":[\"x\"]}},"
"\"roster\":{\"groups\":{\"officers\":[\"officer-1\",\"officer-2\",\"officer-3\"],\"robots\":[\"ci\"]"
"},\"persons\":{\"officer-1\":{\"credentials\":[{\"spki\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiuNIX"
"/5MFrCeFMCOSIIGqHVJUOAvQHuv67C0t61e+/O0YgWX5Lo6E65ZlP7c3PyubICjPA9H6SPe0KzWXEftFw==\",\"type\":\"off"
"icer-key\"}]},\"officer-2\":{\"credentials\":[{\"spki\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvDpyol"
"hPmuLnM8gCfe4QZZ2yYumW3B8pfGiihPxQFu/Cxmtsaz5SKVMX51drTmh0P9OMMcpSnIZWCTzkCwVggA==\",\"type\":\"offi"
"cer-key\"}]},\"officer-3\":{\"credentials\":[{\"spki\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1A4qvJY"
"KKicOaJx/scartUPnbBfA5vGmUQCF3Im7DuuT1JtFMXwTlyehWDbzoEY5OZeF+9TjGoUR+b8SE5fZYA==\",\"type\":\"offic"
"er-key\"}]}},\"tools\":{\"ci\":{\"owners\":[\"officer-3\"]}}}}";

static const char bare_ca_issuing[] =
"{\"key\":\"b62625b058c452ac3d1bf03fb77b0efb5326980ec146f8fea961cd3870e3e868\",\"name\":\"issuing\",\""
"environment\":\"production\",\"token_id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
"aaaaaaaa\",\"spki\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqQd5NgwxSM4zEIKecFNq8r7d8KLD1OpHCa/9XvfP0c"
"nVryUxeC/OgqwDaQRtXKg6awl3XlEfAAc9nDsF1xwVfQ==\",\"cas\":[{\"name\":\"devices\",\"hash\":\"18c753fea"
"c0ca678c1b1e41db5675467044e0dd608065f22c8f756700ceb4b8f\",\"certificate\":\"MIIBVjCB/qADAgECAg5BMjM0"
"NTY3ODkwMTIzNDAKBggqhkjOPQQDAjAMMQowCAYDVQQDDAFRMCAXDTMwMDMxNjE3NDY0MFoYDzIwNTAwMzExMTc0NjM5WjAMMQow"
"CAYDVQQDDAFSMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqQd5NgwxSM4zEIKecFNq8r7d8KLD1OpHCa/9XvfP0cnVryUxeC/O"
"gqwDaQRtXKg6awl3XlEfAAc9nDsF1xwVfaNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFKsX"
"QwC+1wfWcReGXfF/OevB3kJ4MAoGCCqGSM49BAMCA0cAMEQCIGb9g6wam69AlZIJiBlqiMPOZj6nj3SOF24sxkZHGye9AiBG2Jq4"
"CRm6odFWPE68JYDZArON4L9t33amibKz/F8peQ==\",\"urls\":{},\"partitions\":1,\"request\":\"req_0000000000"
"0000000000000000\"}],\"class\":\"ca\",\"kind\":\"ca\",\"algorithm\":\"ec-p256\",\"scheme\":\"ecdsa-s"
"ha256\",\"products\":[],\"exportable\":false,\"exclusive\":true,\"state\":\"active\",\"request\":\"r"
"eq_00000000000000000000000000\",\"uri\":\"pkcs11:\",\"created\":\"2026-01-01T00:00:00.000000Z\",\"ch"
"anged\":\"2026-01-01T00:00:00.000000Z\"}";
static const char bare_ca_responder[] =
"{\"key\":\"6d075771fc822503e33b93bd7ef20d9ede40546629c4a39ac0c781c8f3ae084d\",\"name\":\"responder\""
",\"environment\":\"production\",\"token_id\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
"bbbbbbbbbbb\",\"spki\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKZ/ihUhkg52FV5U/8kDZ/TgnquQtvfw5ichnYWP"
"xH8/z5nzL/BUOj/1BNosbvtqt5ewXZ0MiXdzyF6Pm/y07Zg==\",\"class\":\"ca\",\"kind\":\"ca\",\"algorithm\":\""
"ec-p256\",\"scheme\":\"ecdsa-sha256\",\"products\":[],\"exportable\":false,\"exclusive\":true,\"stat"
"e\":\"active\",\"request\":\"req_00000000000000000000000000\",\"uri\":\"pkcs11:\",\"created\":\"2026"
"-01-01T00:00:00.000000Z\",\"changed\":\"2026-01-01T00:00:00.000000Z\"}";
static const char bare_ca_fresh[] =
"{\"key\":\"4cad6cc4ec80fdb7fb24d489c967fe7b46f655bee0e02cbf319d58cb9482112c\",\"name\":\"fresh\",\"e"
"nvironment\":\"production\",\"token_id\":\"ccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
"ccccccc\",\"spki\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEx2MRACW/e9oO/RVKF5SkSqpMyvYqqsrCFJOz9+CMaww"
"aHPlRn956GUnHVSvo9uRzE3xJImf7s3ym5yH+pG37mA==\",\"class\":\"ca\",\"kind\":\"ca\",\"algorithm\":\"ec-"
"p256\",\"scheme\":\"ecdsa-sha256\",\"products\":[],\"exportable\":false,\"exclusive\":true,\"state\""
":\"active\",\"request\":\"req_00000000000000000000000000\",\"uri\":\"pkcs11:\",\"created\":\"2026-01"
"-01T00:00:00.000000Z\",\"changed\":\"2026-01-01T00:00:00.000000Z\"}";

static const char *const bare_ca_keys[] = { bare_ca_issuing,
	bare_ca_responder, bare_ca_fresh };
static const struct bare_house bare_ca = { bare_ca_law, "all", "make", bare_ca_keys,
	NELEM(bare_ca_keys) };

#endif
