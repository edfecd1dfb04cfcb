// SHA-256 of libcrypto. EVP_DigestInit_ex, Update and Final import as they are; nothing else is needed.
#pragma once
#include <openssl/evp.h>
