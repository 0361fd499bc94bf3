package io.github.dropwizardlogdna.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBufferTest {

    private final JsonBuffer json = new JsonBuffer(0);

    private String written() {
        return new String(json.copy(), UTF_8);
    }

    @ParameterizedTest
    @ValueSource(chars = {' ', '~', '\u007f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff'})
    void writesCharactersAtTheEndsOfEachLengthAsTheyAre(char c) {
        json.string("a" + c);
        assertThat(written()).isEqualTo("\"a" + c + "\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 1_000})
    void makesRoomForJsonOfWhichEachByteIsEscaped(int size) {
        JsonBuffer quotes = new JsonBuffer();
        quotes.raw("\"".repeat(size).getBytes(UTF_8));
        json.quoted(quotes);
        assertThat(written()).isEqualTo("\"" + "\\\"".repeat(size) + "\"");
    }

    @Test
    void keepsUpTo64KilobytesFromEventToEvent() {
        JsonBuffer largest = new JsonBuffer(64 * 1024);
        byte[] bytes = largest.bytes();
        largest.clear();
        assertThat(largest.bytes()).isSameAs(bytes);
        JsonBuffer larger = new JsonBuffer(64 * 1024 + 1);
        larger.clear();
        assertThat(larger.bytes()).hasSize(64 * 1024);
    }
}
