// SHA-256, SHA-1, HMAC and random bytes of libcrypto. EVP_DigestInit_ex, Update and Final import as they are, and so do SHA256_Init, Update and Final:
// OpenSSL 3 calls those deprecated, but only their state can be copied without an allocation.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
