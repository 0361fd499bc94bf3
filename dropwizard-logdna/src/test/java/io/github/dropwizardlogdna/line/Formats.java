package io.github.dropwizardlogdna.line;

import ch.qos.logback.core.Layout;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Builds formats for tests, starting from the defaults of the configuration. */
final class Formats<E extends DeferredProcessingAware> {

    private String app = "orders";
    private String env;
    private Map<String, Object> meta = Map.of();
    private boolean indexMeta = true;
    private Set<String> includes = Set.of();
    private Set<String> excludes = Set.of();
    private OversizeLines oversizeLines = OversizeLines.SPLIT;
    private boolean parseJson;
    private boolean includeCallerData;
    private Redaction redaction;
    private Layout<E> layout;

    Formats<E> app(String app) {
        this.app = app;
        return this;
    }

    Formats<E> env(String env) {
        this.env = env;
        return this;
    }

    Formats<E> meta(Map<String, Object> meta) {
        this.meta = meta;
        return this;
    }

    Formats<E> metaAsString() {
        this.indexMeta = false;
        return this;
    }

    Formats<E> includes(String... keys) {
        this.includes = Set.of(keys);
        return this;
    }

    Formats<E> excludes(String... keys) {
        this.excludes = Set.of(keys);
        return this;
    }

    Formats<E> truncate() {
        this.oversizeLines = OversizeLines.TRUNCATE;
        return this;
    }

    Formats<E> parseJson() {
        this.parseJson = true;
        return this;
    }

    Formats<E> callerData() {
        this.includeCallerData = true;
        return this;
    }

    Formats<E> redact(String... patterns) {
        this.redaction = Redaction.of(List.of(patterns));
        return this;
    }

    Formats<E> layout(Function<E, String> print) {
        this.layout = new LayoutBase<>() {
            @Override
            public String doLayout(E event) {
                return print.apply(event);
            }
        };
        return this;
    }

    LineEncoder<E> encoder() {
        return new LineEncoder<>(new LineFormat<>(
                app,
                env,
                meta,
                indexMeta,
                includes,
                excludes,
                oversizeLines,
                parseJson,
                includeCallerData,
                redaction,
                layout));
    }
}
