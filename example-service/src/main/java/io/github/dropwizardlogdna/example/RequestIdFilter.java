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
 * Gives every request an id that all its log lines have: as {@code requestId} in the MDC, and as {@code X-Request-Id} in
 * the response.
 *
 * <p>It is a servlet filter, not a Jersey filter: so the id is still set while exceptions are mapped and responses are
 * written, and is always removed after the request, because the thread serves other requests later.
 */
final class RequestIdFilter extends HttpFilter {

    static final String HEADER = "X-Request-Id";
    static final String MDC_KEY = "requestId";

    /** The ids that a caller may choose: none that could forge or flood a line of a log. */
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
