package io.github.dropwizardlogdna;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.TreeNode;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the options of {@link LogDnaAppenderFactory} as Jackson does, with two differences: an option without a value
 * keeps its default, because a variable may be empty; and a value of the wrong type is answered with the form that is
 * allowed, never with the value.
 */
final class OptionsDeserializer extends JsonDeserializer<LogDnaAppenderFactory<?>> implements ContextualDeserializer {

    private static final Set<String> TEXTS = Set.of(
            "ingestionKey",
            "name",
            "endpoint",
            "hostname",
            "app",
            "env",
            "ip",
            "mac",
            "proxy",
            "logFormat",
            "timeZone");
    private static final Set<String> DURATIONS = Set.of(
            "flushInterval",
            "connectionTimeout",
            "timeout",
            "minRetryDelay",
            "maxRetryDelay",
            "shutdownTimeout",
            "messageRate");
    private static final Set<String> SIZES = Set.of("bufferSize", "batchSize");
    private static final Map<String, String> MAPS = Map.of(
            "meta", "meta: {region: eu-1}",
            "spool", "spool: {directory: /var/spool/logdna}",
            "tls", "tls: {trustStorePath: /etc/logdna/trust.p12, trustStorePassword: ...}");

    @Nullable
    private final JsonDeserializer<?> standard;

    /** For Jackson, which asks for one that knows its context. */
    OptionsDeserializer() {
        this(null);
    }

    private OptionsDeserializer(@Nullable JsonDeserializer<?> standard) {
        this.standard = standard;
    }

    @Override
    public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
            throws JsonMappingException {
        JavaType type = context.constructType(LogDnaAppenderFactory.class);
        JsonDeserializer<?> bean = context.getFactory()
                .createBeanDeserializer(context, type, context.getConfig().introspect(type));
        if (bean instanceof ResolvableDeserializer resolvable) {
            resolvable.resolve(context);
        }
        return new OptionsDeserializer(bean);
    }

    @Override
    public LogDnaAppenderFactory<?> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        // Behind the type, which has been read: at its end already if there is no option.
        TreeNode tree = parser.hasToken(JsonToken.END_OBJECT)
                ? context.getNodeFactory().objectNode()
                : parser.readValueAsTree();
        if (standard == null || !(tree instanceof ObjectNode options)) {
            throw JsonMappingException.from(parser, "type: logdna must have options of the form name: value");
        }
        removeEmpty(options);
        for (String option : names(options)) {
            String allowed = allowedForm(option, options.get(option));
            if (allowed != null) {
                JsonMappingException wrong = JsonMappingException.from(parser, allowed);
                wrong.prependPath(LogDnaAppenderFactory.class, option);
                throw wrong;
            }
        }
        try (JsonParser read = options.traverse(parser.getCodec())) {
            read.nextToken();
            return (LogDnaAppenderFactory<?>) standard.deserialize(read, context);
        }
    }

    /** An option that is null or blank is unset; so is one within {@code spool} or {@code tls}. */
    private static void removeEmpty(ObjectNode options) {
        for (String option : names(options)) {
            JsonNode value = options.get(option);
            if (!option.equals("meta") && value instanceof ObjectNode nested) {
                removeEmpty(nested);
            }
            if (value.isNull() || (value.isTextual() && value.asText().isBlank())) {
                options.remove(option);
            }
        }
    }

    private static List<String> names(ObjectNode options) {
        List<String> names = new ArrayList<>();
        options.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** What is allowed in place of a value of the wrong type; null if the type is right, or if Jackson says enough. */
    @Nullable
    private static String allowedForm(String option, JsonNode value) {
        if (TEXTS.contains(option) && (value.isNumber() || value.isBoolean())) {
            return "must be text: put it in quotes";
        }
        if (DURATIONS.contains(option) && !value.isTextual()) {
            return "must be a duration, a number with its unit, like 5s";
        }
        if (SIZES.contains(option) && !value.isTextual()) {
            return "must be a size, a number with its unit, like 4MiB";
        }
        if (MAPS.containsKey(option) && !value.isObject()) {
            return "must be a map, like " + MAPS.get(option);
        }
        return null;
    }
}
