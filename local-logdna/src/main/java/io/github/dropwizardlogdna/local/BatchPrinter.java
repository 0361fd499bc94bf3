package io.github.dropwizardlogdna.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.BatchListener;
import io.github.dropwizardlogdna.local.ingestion.Line;
import io.github.dropwizardlogdna.local.ingestion.RefusedRequest;
import jakarta.annotation.Nullable;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Prints what arrives for a person to read: each line, and after them the size of the batch.
 *
 * <p>A batch is printed with one call, which a PrintStream doesn't interleave with others. Control characters are shown
 * as {@code ?}, so that a logged text can't control the terminal or imitate another line.
 */
public final class BatchPrinter implements BatchListener {

    public static final String PREFIX = "[ingestion] ";

    private static final String INDENT = PREFIX + "    ";

    private final PrintStream out;
    private final DateTimeFormatter time;

    public BatchPrinter(PrintStream out, ZoneId zone) {
        this.out = out;
        this.time = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(zone);
    }

    @Override
    public void arrived(Batch batch) {
        StringBuilder text = new StringBuilder();
        for (Line line : batch.lines()) {
            append(text, line, batch.hostname());
        }
        Batch.Transfer transfer = batch.transfer();
        text.append(PREFIX)
                .append(String.format(
                        Locale.ROOT,
                        "-- %,d %s from %s%s: %,d bytes %s",
                        batch.lines().size(),
                        batch.lines().size() == 1 ? "line" : "lines",
                        printable(batch.hostname()),
                        printable(batch.tags().isEmpty() ? "" : " " + batch.tags()),
                        transfer.wireBytes(),
                        transfer.encoding().equals("gzip")
                                ? String.format(Locale.ROOT, "of gzip for %,d of JSON", transfer.jsonBytes())
                                : "of JSON"))
                .append(System.lineSeparator());
        out.print(text);
        out.flush();
    }

    @Override
    public void refused(RefusedRequest request) {
        out.print(PREFIX + time.format(request.receivedAt()) + " refused with " + request.status() + ": "
                + printable((request.request() == null ? "" : request.request() + " ") + "from " + request.sender()
                        + ": " + request.reason())
                + System.lineSeparator());
        out.flush();
    }

    private void append(StringBuilder text, Line line, String hostname) {
        List<String> rows = line.text().lines().toList();
        text.append(PREFIX)
                .append(time.format(line.timestamp()))
                .append(String.format(Locale.ROOT, " %-5s ", orDash(line.level())))
                .append(orDash(line.app()))
                .append(' ')
                .append(printable(hostname))
                .append(' ')
                .append(rows.isEmpty() ? "" : printable(rows.get(0)));
        JsonNode meta = line.meta();
        if (meta != null) {
            // A meta that is a string of JSON is printed like an object, without its quotes.
            text.append(' ').append(printable(meta.isTextual() ? meta.textValue() : meta.toString()));
        }
        text.append(System.lineSeparator());
        rows.stream().skip(1).forEach(row -> text.append(INDENT)
                .append(printable(row.replace("\t", "    ")).stripTrailing())
                .append(System.lineSeparator()));
    }

    private static String orDash(@Nullable String value) {
        return value == null ? "-" : printable(value);
    }

    private static String printable(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder printable = new StringBuilder(text);
        for (int i = 0; i < printable.length(); i++) {
            if (Character.isISOControl(printable.charAt(i))) {
                printable.setCharAt(i, '?');
            }
        }
        return printable.toString();
    }
}
