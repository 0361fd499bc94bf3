package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class RequestIdFilterTest {

    /** The thread serves other requests later. */
    @Test
    void takesTheIdOutOfTheMdcWhenTheRequestFails() {
        AtomicReference<String> seen = new AtomicReference<>();
        FilterChain failing = (request, response) -> {
            seen.set(MDC.get(RequestIdFilter.MDC_KEY));
            throw new ServletException("expected");
        };

        assertThatThrownBy(() -> new RequestIdFilter()
                        .doFilter(deaf(HttpServletRequest.class), deaf(HttpServletResponse.class), failing))
                .hasMessage("expected");

        assertThat(seen.get()).isNotBlank();
        assertThat(MDC.get(RequestIdFilter.MDC_KEY)).isNull();
    }

    /** A proxy whose methods return null. */
    private static <T> T deaf(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null));
    }
}
