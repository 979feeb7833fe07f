#pragma once
// OpenSSL 3.0 for the module Cryptography. Below the headers: inline functions for what Swift cannot see (macros, variadic
// functions, typed stacks, unions). No logic lives here.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// MARK: context settings

static inline long chengyun_ctx_set_minimum_version(SSL_CTX *ctx, int version) {
  return SSL_CTX_set_min_proto_version(ctx, version);
}
static inline long chengyun_ctx_set_mode(SSL_CTX *ctx, long mode) { return SSL_CTX_set_mode(ctx, mode); }
static inline void chengyun_ctx_set_read_ahead(SSL_CTX *ctx, int yes) { SSL_CTX_set_read_ahead(ctx, yes); }
static inline long chengyun_ctx_set_session_cache_off(SSL_CTX *ctx) {
  return SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
}
static inline long chengyun_ctx_set_groups(SSL_CTX *ctx, const char *list) { return SSL_CTX_set1_groups_list(ctx, list); }
static inline long chengyun_ctx_add_chain_certificate(SSL_CTX *ctx, X509 *certificate) {
  return SSL_CTX_add1_chain_cert(ctx, certificate);
}
static inline long chengyun_set_host_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }

// The modes: a write may be partial and its buffer may move between attempts; idle connections give their buffers back.
static const long chengyun_modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS;
// The options: no renegotiation, compression or tickets; a connection that ends without close_notify reads as closed,
// because HTTP/2 frames its streams itself and a truncated one is noticed there.
static const uint64_t chengyun_options =
  SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CIPHER_SERVER_PREFERENCE;

// MARK: memory BIOs

static inline long chengyun_bio_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

// MARK: certificates

static inline EVP_PKEY *chengyun_generate_p256(void) { return EVP_EC_gen("P-256"); }
static inline GENERAL_NAMES *chengyun_subject_alternative_names(const X509 *certificate) {
  return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline GENERAL_NAMES *chengyun_names_new(void) { return sk_GENERAL_NAME_new_null(); }
static inline int chengyun_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline void chengyun_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }
// The kind of the name at `index` (GEN_URI, GEN_DNS, GEN_IPADD, …) and its bytes; -1 for kinds that are not strings.
static inline int chengyun_name_at(const GENERAL_NAMES *names, int index, const unsigned char **data, int *length) {
  const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
  if (name->type != GEN_URI && name->type != GEN_DNS && name->type != GEN_IPADD) return -1;
  *data = ASN1_STRING_get0_data(name->d.ia5);
  *length = ASN1_STRING_length(name->d.ia5);
  return name->type;
}
// Appends a name of kind GEN_URI, GEN_DNS (text) or GEN_IPADD (4 or 16 bytes). 1, or 0 when memory is short.
static inline int chengyun_names_add(GENERAL_NAMES *names, int kind, const void *data, int length) {
  GENERAL_NAME *name = GENERAL_NAME_new();
  ASN1_STRING *text = ASN1_STRING_type_new(kind == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
  if (!name || !text || !ASN1_STRING_set(text, data, length)) {
    GENERAL_NAME_free(name);
    ASN1_STRING_free(text);
    return 0;
  }
  GENERAL_NAME_set0_value(name, kind, text);
  if (sk_GENERAL_NAME_push(names, name)) return 1;
  GENERAL_NAME_free(name);
  return 0;
}
static inline int chengyun_add_names(X509 *certificate, GENERAL_NAMES *names) {
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
}
// Adds an extension from OpenSSL's text form, for instance "critical,CA:TRUE". Only constants are passed.
static inline int chengyun_add_extension(X509 *certificate, X509 *issuer, int kind, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, kind, value);
  if (!extension) return 0;
  int added = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return added;
}
