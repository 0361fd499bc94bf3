package io.github.dropwizardlogdna.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A line as it must arrive.
 *
 * @param beginning what identifies the line among those that arrived
 * @param text the whole of {@code line}
 * @param meta each field's value: a {@link Pattern} for the text of one that differs from run to run, else what Jackson
 *     makes the JSON of
 */
record ExpectedLine(String beginning, Pattern text, String app, String level, Map<String, ?> meta) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ExpectedLine of(String text, String app, String level, Map<String, ?> meta) {
        return new ExpectedLine(text, Pattern.compile(Pattern.quote(text)), app, level, meta);
    }

    boolean identifies(JsonNode line) {
        return line.path("line").asText().startsWith(beginning);
    }

    /** Says in which fields the line differs, one text a field. */
    List<String> differences(JsonNode line, Predicate<String> ignoredMeta) {
        List<String> differences = new ArrayList<>();
        compare("line", text, line.get("line"), differences);
        compare("app", app, line.get("app"), differences);
        compare("level", level, line.get("level"), differences);
        if (line.has("env")) {
            differences.add("env: unexpected");
        }
        JsonNode fields = line.path("meta");
        meta.forEach((name, value) -> compare("meta." + name, value, fields.get(name), differences));
        fields.fieldNames().forEachRemaining(name -> {
            if (!meta.containsKey(name) && !ignoredMeta.test(name)) {
                differences.add("meta." + name + ": unexpected " + fields.get(name));
            }
        });
        return differences;
    }

    private static void compare(String field, Object expected, JsonNode actual, List<String> differences) {
        if (actual == null) {
            differences.add(field + ": missing");
        } else if (expected instanceof Pattern pattern) {
            if (!pattern.matcher(actual.asText()).matches()) {
                differences.add(field + ": " + actual + " does not match " + pattern);
            }
        } else if (!actual.equals(JSON.valueToTree(expected))) {
            differences.add(field + ": " + actual + " instead of " + JSON.valueToTree(expected));
        }
    }
}
