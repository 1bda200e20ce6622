#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/sha.h>

/// Keys a context of HMAC for SHA-256. Here and not in Swift, for the parameters keep pointers to their texts.
static inline int parley_hmac_sha256_key(EVP_MAC_CTX *context, const unsigned char *key, size_t count) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_init(context, key, count, parameters);
}

/// HKDF with SHA-256. Here and not in Swift, for the parameters keep pointers to their values.
static inline int parley_hkdf_sha256(EVP_KDF_CTX *context, const unsigned char *key, size_t key_count,
                                     const unsigned char *salt, size_t salt_count, const unsigned char *label,
                                     size_t label_count, unsigned char *target, size_t count) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string("digest", digest, 0),
        OSSL_PARAM_construct_octet_string("key", (void *)key, key_count),
        OSSL_PARAM_construct_octet_string("salt", (void *)salt, salt_count),
        OSSL_PARAM_construct_octet_string("info", (void *)label, label_count), OSSL_PARAM_construct_end()};
    return EVP_KDF_derive(context, target, count, parameters);
}
