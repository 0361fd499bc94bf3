package io.github.dropwizardlogdna.example;

import jakarta.annotation.Nullable;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * Gives every request an id, under which all that it logs can be found: as {@code requestId} in the MDC, and in the
 * answer's {@code X-Request-Id}.
 *
 * <p>A servlet filter around Jersey rather than a filter within it, so that the id is there while exceptions are mapped
 * and answers are written, and is gone however the request ends: the thread goes on to serve other requests.
 */
final class RequestIdFilter extends HttpFilter {

    static final String HEADER = "X-Request-Id";
    static final String MDC_KEY = "requestId";

    /** What a caller may choose: nothing that could forge a line of a log, or fill one. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String requestId = callersIdOrNew(request.getHeader(HEADER));
        response.setHeader(HEADER, requestId);
        MDC.put(MDC_KEY, requestId);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(MDC_KEY);
        }
    }

    private static String callersIdOrNew(@Nullable String callersId) {
        return callersId != null && HARMLESS.matcher(callersId).matches()
                ? callersId
                : UUID.randomUUID().toString();
    }
}
