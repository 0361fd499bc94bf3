package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExceptionSummaryTest {

    @Test
    void printsTheClassWithoutTheMessage() {
        assertThat(new ExceptionSummary("java.lang.Exception", "s3cret"))
                .hasToString("ExceptionSummary[java.lang.Exception]");
    }
}
