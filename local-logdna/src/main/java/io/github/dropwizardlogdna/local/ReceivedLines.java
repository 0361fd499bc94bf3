package io.github.dropwizardlogdna.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.AbstractList;
import java.util.List;
import java.util.function.Predicate;

/** Lines that had arrived when they were asked for, in the order of their arrival. Each question narrows them down. */
public final class ReceivedLines extends AbstractList<ReceivedLine> {

    private final List<ReceivedLine> lines;

    ReceivedLines(List<ReceivedLine> lines) {
        this.lines = List.copyOf(lines);
    }

    @Override
    public ReceivedLine get(int index) {
        return lines.get(index);
    }

    @Override
    public int size() {
        return lines.size();
    }

    public ReceivedLines app(String app) {
        return matching(line -> app.equals(line.app()));
    }

    /** Of this level, in any case. */
    public ReceivedLines level(String level) {
        return matching(line -> level.equalsIgnoreCase(line.level()));
    }

    /** Whose text contains this. */
    public ReceivedLines text(String part) {
        return matching(line -> line.text().contains(part));
    }

    /** Whose {@code meta} has this field. */
    public ReceivedLines meta(String name) {
        return matching(line -> !line.meta(name).isMissingNode());
    }

    /** Whose {@code meta} has this field, with a value that reads like this one: {@code 7}, {@code "7"}, {@code true}. */
    public ReceivedLines meta(String name, Object value) {
        return matching(line -> reads(line.meta(name)).equals(String.valueOf(value)));
    }

    private static String reads(JsonNode value) {
        return value.isMissingNode() ? "(missing)" : value.isContainerNode() ? value.toString() : value.asText();
    }

    public ReceivedLines matching(Predicate<ReceivedLine> condition) {
        return new ReceivedLines(lines.stream().filter(condition).toList());
    }

    /** Their texts, for assertions about all of them. */
    public List<String> texts() {
        return lines.stream().map(ReceivedLine::text).toList();
    }
}
