package io.github.dropwizardlogdna.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import java.util.AbstractList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** An immutable list of lines in the order of their arrival. Each method returns a part of them. */
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

    /** The lines of this level, in upper or lower case. */
    public ReceivedLines level(String level) {
        return matching(line -> level.equalsIgnoreCase(line.level()));
    }

    /** The lines whose text contains {@code part}. */
    public ReceivedLines text(String part) {
        return matching(line -> line.text().contains(part));
    }

    /** The lines whose {@code meta} has this field. */
    public ReceivedLines meta(String name) {
        return matching(line -> !line.meta(name).isMissingNode());
    }

    /** The lines with this field, whose value has the same text as {@code value}: {@code 7} is the same as {@code "7"}. */
    public ReceivedLines meta(String name, Object value) {
        return matching(line -> reads(line.meta(name)).equals(String.valueOf(value)));
    }

    private static String reads(JsonNode value) {
        return value.isMissingNode() ? "(missing)" : value.isContainerNode() ? value.toString() : value.asText();
    }

    public ReceivedLines matching(Predicate<ReceivedLine> condition) {
        return new ReceivedLines(lines.stream().filter(condition).toList());
    }

    /** The requests in which these lines arrived, each once. A batch also has the lines that are not among these. */
    public List<Batch> batches() {
        // By identity, because two requests can be equal, and to compare them is to compare all their lines.
        Set<Batch> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return lines.stream().map(ReceivedLine::batch).filter(seen::add).toList();
    }

    /** The texts of all lines. */
    public List<String> texts() {
        return lines.stream().map(ReceivedLine::text).toList();
    }
}
