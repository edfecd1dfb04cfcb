// What libcurl does by itself: so many POSTs of a small body, so many of them under way at once.
//
//     minimal URL COUNT IN_FLIGHT
//
// Prints the seconds that it took. Handles and connections are used again and again, nothing is stored. A request is the
// same as Nightjar's: its head has a key, by which a server counts it once; it ends within a time and keeps to HTTP.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t ignore(char *bytes, size_t size, size_t count, void *own) { return size * count; }

int main(int argc, char **argv) {
    if (argc != 4) return 64;
    long count = atol(argv[2]), in_flight = atol(argv[3]), begun = 0, ended = 0, failed = 0;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 128L);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    CURL **idle = calloc(in_flight, sizeof *idle);
    struct slot { char body[256], key[64]; struct curl_slist headers[3]; } *slots = calloc(in_flight, sizeof *slots);
    long idle_count = in_flight;
    for (long at = 0; at < in_flight; at++) {
        CURL *easy = idle[at] = curl_easy_init();
        struct curl_slist *headers = slots[at].headers;
        headers[0] = (struct curl_slist){"Content-Type: application/json", headers + 1};
        headers[1] = (struct curl_slist){"Accept: application/json", headers + 2};
        headers[2] = (struct curl_slist){slots[at].key, NULL};
        curl_easy_setopt(easy, CURLOPT_PRIVATE, slots + at);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
        curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L);
        curl_easy_setopt(easy, CURLOPT_TIMEOUT, 30L);
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy, CURLOPT_CAINFO, getenv("CA"));
    }
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    while (ended < count) {
        while (begun < count && idle_count > 0) {
            CURL *easy = idle[--idle_count];
            struct slot *slot;
            curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot);
            snprintf(slot->key, 64, "Idempotency-Key: 9a3f8f8e-3a5c-5b44-9d8e-%012ld", begun);
            int length = snprintf(slot->body, 256,
                "{\"card_code\":\"K%08ld\",\"endpoint\":\"crm\",\"key\":\"9a3f8f8e-3a5c-5b44-9d8e-%012ld\",\"number\":%ld,"
                "\"subject\":\"K%08ld\"}", begun, begun, begun, begun);
            curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, slot->body);
            curl_multi_add_handle(multi, easy);
            begun++;
        }
        int running, left;
        curl_multi_perform(multi, &running);
        CURLMsg *message;
        int found = 0;
        while ((message = curl_multi_info_read(multi, &left))) {
            if (message->msg != CURLMSG_DONE) continue;
            long status = 0;
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            if (message->data.result != CURLE_OK || status / 100 != 2) failed++;
            idle[idle_count++] = message->easy_handle;
            curl_multi_remove_handle(multi, message->easy_handle);
            ended++;
            found = 1;
        }
        if (!found) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.3f\n", end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9);
    if (failed) fprintf(stderr, "minimal: %ld failed\n", failed);
    return failed != 0;
}
