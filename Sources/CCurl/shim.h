// libcurl's variadic functions, one for each type of argument: Swift can't call variadics.
#pragma once
#include <curl/curl.h>

static inline CURLcode curl_set_number(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode curl_set_transfer(
    CURL *handle, CURLoption option, size_t (*value)(char *, size_t, size_t, void *)) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode curl_set_seek(CURL *handle, int (*value)(void *, curl_off_t, int)) {
    return (curl_easy_setopt)(handle, CURLOPT_SEEKFUNCTION, value);
}
static inline CURLcode curl_set_before(CURL *handle, int (*value)(void *, char *, char *, int, int)) {
    return (curl_easy_setopt)(handle, CURLOPT_PREREQFUNCTION, value);
}
static inline CURLMcode curl_multi_set_number(CURLM *handle, CURLMoption option, long value) {
    return (curl_multi_setopt)(handle, option, value);
}
static inline CURLcode curl_get_number(CURL *handle, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(handle, info, value);
}
static inline CURLcode curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(handle, info, value);
}
static inline CURLcode curl_get_pointer(CURL *handle, void **value) {
    return (curl_easy_getinfo)(handle, CURLINFO_PRIVATE, value);
}
// A union in C, which Swift imports as accessors with a name of its own.
static inline CURLcode curl_message_result(const CURLMsg *message) { return message->data.result; }
// Macros with casts are not imported.
static const unsigned long CURLAUTH_BEARER_BITS = CURLAUTH_BEARER;
static const unsigned long CURLAUTH_BASIC_BITS = CURLAUTH_BASIC;
