package io.github.dropwizardlogdna.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.TreeNode;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the options of an appender as Jackson does, with two differences: an option without a value keeps its default,
 * because an environment variable may be empty (a {@code spool} whose directory is empty is none); and the error for a value of the wrong type names the allowed form, never
 * the value.
 */
public final class OptionsDeserializer extends JsonDeserializer<Object> implements ContextualDeserializer {

    /** YAML reads the levels off and on as booleans. */
    private static final String THRESHOLD = "threshold";

    private static final Map<String, String> MAPS = Map.of(
            "meta", "meta: {region: eu-1}",
            "spool", "spool: {directory: /var/spool/logdna}",
            "tls", "tls: {trustStorePath: /etc/logdna/trust.p12, trustStorePassword: ...}");

    private static final Map<Class<?>, String> FORMS = Map.of(
            Duration.class, "must be a duration, a number with its unit, like 5s",
            DataSize.class, "must be a size, a number with its unit, like 4MiB",
            int.class, "must be a whole number",
            boolean.class, "must be true or false",
            Boolean.class, "must be true or false",
            String.class, "must be text");

    /** Options that have options of their own. */
    private static final Set<String> NESTED = Set.of("spool", "tls");

    private static final String DIRECTORY = "directory";

    /** The class of the options. */
    private final Class<?> type;

    /** The class of each option, or of the elements of its list; of an option within another by {@code OUTER.INNER}. */
    private final Map<String, Class<?>> optionTypes;

    /** Jackson's own deserializer of that class. */
    @Nullable
    private final JsonDeserializer<?> standard;

    /** Called by Jackson, which then calls {@link #createContextual}. */
    OptionsDeserializer() {
        this(Object.class, Map.of(), null);
    }

    private OptionsDeserializer(
            Class<?> type, Map<String, Class<?>> optionTypes, @Nullable JsonDeserializer<?> standard) {
        this.type = type;
        this.optionTypes = optionTypes;
        this.standard = standard;
    }

    @Override
    public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
            throws JsonMappingException {
        JavaType type = context.getContextualType();
        BeanDescription description = context.getConfig().introspect(type);
        JsonDeserializer<?> bean = context.getFactory().createBeanDeserializer(context, type, description);
        if (bean instanceof ResolvableDeserializer resolvable) {
            resolvable.resolve(context);
        }
        Map<String, Class<?>> optionTypes = new HashMap<>();
        addTypes(optionTypes, "", description, context);
        return new OptionsDeserializer(type.getRawClass(), optionTypes, bean);
    }

    private static void addTypes(
            Map<String, Class<?>> optionTypes, String prefix, BeanDescription bean, DeserializationContext context) {
        for (BeanPropertyDefinition option : bean.findProperties()) {
            JavaType type = option.getPrimaryType();
            String path = prefix + option.getName();
            optionTypes.put(path, (type.isCollectionLikeType() ? type.getContentType() : type).getRawClass());
            if (NESTED.contains(path)) {
                addTypes(optionTypes, path + ".", context.getConfig().introspect(type), context);
            }
        }
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        // The parser is after the type, at the end of the object already if there is no option.
        TreeNode tree = parser.hasToken(JsonToken.END_OBJECT)
                ? context.getNodeFactory().objectNode()
                : parser.readValueAsTree();
        if (standard == null || !(tree instanceof ObjectNode options)) {
            throw new WrongFormException(parser, "type: logdna must have options of the form name: value");
        }
        removeEmpty(options);
        refuseOtherForms(options, parser);
        try (JsonParser read = options.traverse(parser.getCodec())) {
            read.nextToken();
            return standard.deserialize(read, context);
        } catch (InvalidTypeIdException e) {
            throw inOurWords(e, wrongType(e), parser);
        } catch (MismatchedInputException e) {
            throw inOurWords(e, form(e.getTargetType()), parser);
        } catch (ValueInstantiationException e) {
            throw inOurWords(e, form(e.getType().getRawClass()), parser);
        }
    }

    private void refuseOtherForms(ObjectNode options, JsonParser parser) throws JsonMappingException {
        for (String option : names(options)) {
            JsonNode value = options.get(option);
            refuse(allowedForm(option, value), parser, option);
            for (String inner : NESTED.contains(option) ? names((ObjectNode) value) : List.<String>of()) {
                refuse(allowedForm(option + "." + inner, value.get(inner)), parser, option, inner);
            }
        }
    }

    private void refuse(@Nullable String allowed, JsonParser parser, String... path) throws JsonMappingException {
        if (allowed != null) {
            JsonMappingException wrong = new WrongFormException(parser, allowed);
            for (int i = path.length - 1; i >= 0; i--) {
                wrong.prependPath(type, path[i]);
            }
            throw wrong;
        }
    }

    /** The remedy for an unknown layout is the module that has it; for others Jackson's error lists the known types. */
    private static String wrongType(InvalidTypeIdException e) {
        String type = e.getTypeId();
        if (type == null) {
            return "must be a map that has a type, like {type: ...}";
        }
        boolean layout = e.getPath().stream().anyMatch(each -> "layout".equals(each.getFieldName()));
        return layout
                ? "has the type '" + type + "', which no module on the class path provides: json and access-json need"
                        + " the dependency io.dropwizard:dropwizard-json-logging"
                : "has an unknown type: " + e.getOriginalMessage();
    }

    /** The allowed form of a value of this type; null if Jackson's own error is enough. */
    @Nullable
    private static String form(@Nullable Class<?> expected) {
        if (expected == null) {
            return null;
        }
        return Collection.class.isAssignableFrom(expected) ? "must be a list, like [a, b]" : FORMS.get(expected);
    }

    /** Jackson's error at its path, but with this message, and without its cause, which may contain the value. */
    private static JsonMappingException inOurWords(
            JsonMappingException e, @Nullable String message, JsonParser parser) {
        if (message == null) {
            return e;
        }
        JsonMappingException wrong = new WrongFormException(parser, message);
        List<JsonMappingException.Reference> path = e.getPath();
        for (int i = path.size() - 1; i >= 0; i--) {
            wrong.prependPath(path.get(i));
        }
        return wrong;
    }

    /** Removes options that are null or blank, also within others, except within {@code meta}. */
    private static void removeEmpty(ObjectNode options) {
        for (String option : names(options)) {
            JsonNode value = options.get(option);
            if (!option.equals("meta") && value instanceof ObjectNode nested) {
                boolean hadDirectory = nested.has(DIRECTORY);
                removeEmpty(nested);
                if (option.equals("spool") && hadDirectory && !nested.has(DIRECTORY)) {
                    options.remove(option); // a spool whose directory comes from a variable that is empty
                }
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

    /** The allowed form of a value that Jackson would take for another one, or reject without an example; else null. */
    @Nullable
    private String allowedForm(String option, JsonNode value) {
        Class<?> expected = optionTypes.getOrDefault(option, Object.class);
        if (expected == String.class && !option.equals(THRESHOLD) && !isText(value)) {
            return "must be text: put it in quotes";
        }
        boolean isFraction = value.isNumber() && !value.isIntegralNumber();
        boolean isFlag = expected == boolean.class || expected == Boolean.class;
        if ((expected == int.class && isFraction) || (isFlag && value.isNumber())) {
            return FORMS.get(expected);
        }
        if (MAPS.containsKey(option) && !value.isObject()) {
            return "must be a map, like " + MAPS.get(option);
        }
        return null;
    }

    /** Whether YAML understands a value, or each one of a list, as text; other structures are for Jackson to reject. */
    private static boolean isText(JsonNode value) {
        for (JsonNode element : value.isArray() ? value : List.of(value)) {
            if (element.isNumber() || element.isBoolean()) {
                return false;
            }
        }
        return true;
    }
}
