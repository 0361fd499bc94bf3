package io.github.dropwizardlogdna.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.local.tail.EventReader;
import io.github.dropwizardlogdna.local.tail.EventReader.Event;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** From a sender's request to the event that a browser receives. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class BatchTailTest {

    private static final String KEY = "key-of-the-test";

    private IngestionEndpoint endpoint;

    @BeforeEach
    void start() throws Exception {
        endpoint = IngestionEndpoint.start(EndpointSettings.onPort(0).withIngestionKey(KEY));
    }

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void showsAllFieldsOfALine() throws Exception {
        String body = """
                {"lines":[{"timestamp":1700000000123,"line":"hello","level":"WARN","app":"shop","env":"test",\
                "meta":{"n":1,"nested":{"list":[true,null]}}},{"line":"no more than a text"}]}""";
        post(body);

        Event event = firstEvent();

        assertThat(event.lines().get(0)).isEqualTo(json("""
                {"timestamp":1700000000123,"line":"hello","level":"WARN","app":"shop","env":"test","host":"web-1",\
                "tags":["a","b"],"meta":{"n":1,"nested":{"list":[true,null]}}}"""));
        assertThat(event.lines().get(1).get("line").textValue()).isEqualTo("no more than a text");
        assertThat(event.lines().get(1).get("level").isNull()).isTrue();
        assertThat(event.lines().get(1).get("meta").isNull()).isTrue();
        assertThat(event.data().get("received").get("wireBytes").intValue()).isEqualTo(body.length());
    }

    /** A line break in an event would end it, and the rest could be read as another event. */
    @Test
    void keepsEachLineWithinItsEvent() throws Exception {
        String text = "a\n\nevent: forged\ndata: {}\r\rid: 7\u2028</script><img src=x onerror=alert(1)>\"\\ \u0000";
        post("{\"lines\":[{\"line\":" + new ObjectMapper().writeValueAsString(text) + "}]}");

        assertThat(firstEvent().lines())
                .singleElement()
                .satisfies(line -> assertThat(line.get("line").textValue()).isEqualTo(text));
    }

    @Test
    void showsAQuestionMarkForALoneSurrogate() throws Exception {
        post("{\"lines\":[{\"line\":\"x \\ud83d y\",\"meta\":{\"half\":\"\\ude00\"}}]}");

        JsonNode line = firstEvent().lines().get(0);

        assertThat(line.get("line").textValue()).isEqualTo("x ? y");
        assertThat(line.get("meta").get("half").textValue()).isEqualTo("?");
    }

    @Test
    void countsABatchWithoutLines() throws Exception {
        post("{\"lines\":[]}");

        assertThat(firstEvent().data().get("received").get("batches").intValue())
                .isEqualTo(1);
    }

    private Event firstEvent() throws Exception {
        try (EventReader browser = EventReader.open(endpoint.tailUrl() + "tail/events")) {
            return browser.next();
        }
    }

    private void post(String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint.url() + "?hostname=web-1&tags=a,b"))
                .header("apikey", KEY)
                .POST(BodyPublishers.ofString(body))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }
}
