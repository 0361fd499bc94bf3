package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/** The decoded parameters of a query. A percent sign that does not begin an escape stands for itself. */
public final class Query {

    private record Parameter(String name, String value) {}

    private final List<Parameter> parameters = new ArrayList<>();

    private Query() {}

    public static Query parse(String query) {
        Query parsed = new Query();
        StringTokenizer parts = new StringTokenizer(query, "&");
        while (parts.hasMoreTokens()) {
            String part = parts.nextToken();
            int equals = part.indexOf('=');
            parsed.parameters.add(
                    equals < 0
                            ? new Parameter(decoded(part), "")
                            : new Parameter(decoded(part.substring(0, equals)), decoded(part.substring(equals + 1))));
        }
        return parsed;
    }

    /** The first value of a parameter; null if there is none. */
    @Nullable
    public String first(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** All values of a parameter that may be repeated. */
    public List<String> all(String name) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(Parameter::value)
                .toList();
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && i + 2 < text.length() && hex(text, i + 1) >= 0 && hex(text, i + 2) >= 0) {
                bytes.write(hex(text, i + 1) << 4 | hex(text, i + 2));
                i += 2;
            } else {
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int hex(String text, int index) {
        return Character.digit(text.charAt(index), 16);
    }
}
