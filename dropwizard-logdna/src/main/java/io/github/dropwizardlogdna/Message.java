package io.github.dropwizardlogdna;

import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.event.Level;

/**
 * All that this library says through the logger {@value Reporter#LOGGER}: the one place that has the words.
 * {@code docs/messages.md} lists them, and a test holds the two together.
 */
enum Message {
    STARTED(
            Level.INFO,
            "Appender '{name}' ships to {endpoint} as app '{app}'; buffer {size}, spool {directory}{environment}"
                    + " ({versions})."),
    DISABLED(Level.INFO, "Appender '{name}' ships nothing: it has enabled: false."),

    BUFFERS_TOO_LARGE(
            Level.WARN,
            "{Buffers} may hold {size}, more than a quarter of the largest heap ({heap}): in an outage the service may run"
                    + " out of memory. What to do: lower bufferSize, or raise -Xmx."),
    RETRYING(
            Level.WARN,
            "Appender '{name}' can't deliver to {endpoint}: {reason}. {lines are} kept; the next attempt follows in"
                    + " {time}. What to do: {remedy}"),
    STILL_RETRYING(
            Level.WARN,
            "Appender '{name}' still can't deliver to {endpoint}, for {time} now: {reason}. {lines are} kept; the next"
                    + " attempt follows in {time}. What to do: {remedy}"),
    KEY_REFUSED(
            Level.ERROR,
            "Appender '{name}' can't deliver to {endpoint} with this key: {reason}. {lines are} kept; the next attempt"
                    + " follows in {time}. What to do: {remedy}"),
    SETTING_AT_FAULT(
            Level.ERROR,
            "Appender '{name}' can't deliver to {endpoint} with these settings: {reason}. {lines are} kept; the next"
                    + " attempt follows in {time}. What to do: {remedy}"),
    RECOVERED(
            Level.INFO,
            "Appender '{name}' delivers to {endpoint} again, after {failed requests} in {time}; what was kept goes out,"
                    + " oldest first."),

    REFUSED(
            Level.WARN,
            "Appender '{name}': {endpoint} refused {lines} for good: {reason}. {They are} lost, the others of the batch go"
                    + " on. What to do: {remedy}"),
    DROPPED(Level.WARN, "Appender '{name}': {lines were} dropped ({reason}), because {why and what to do}."),
    DROPPED_UNTOLD(
            Level.ERROR,
            "Appender '{name}': before the end {lines were} dropped ({reason}), because {why and what to do}."),
    NOT_ENCODED(
            Level.WARN,
            "Appender '{name}': an event could not be encoded, and was shipped as its bare message. What to do: see what"
                    + " its arguments, its key-value pairs and the layout do."),
    DOES_NOT_LINK(
            Level.ERROR,
            "Appender '{name}': {error} in {part}. A library of this service has a version that lacks it, so this will happen"
                    + " again until the class path is changed. Found: {versions}. Needed: {needed}. What to do: import"
                    + " io.dropwizard:dropwizard-bom of the Dropwizard that you use, and see with mvn dependency:tree what"
                    + " brings another version."),
    INCOMPATIBLE(
            Level.ERROR,
            "Appender '{name}' can't work with the libraries of this service: {problem}. Found: {versions}. Needed: {needed}."
                    + " What to do: import io.dropwizard:dropwizard-bom of such a version, and see with mvn dependency:tree"
                    + " what brings another one."),
    INTERNAL_ERROR(
            Level.ERROR,
            "Appender '{name}': an error in {part}. Shipping goes on; lines that are lost by it are counted as failed."
                    + " What to do: report it, with the stack trace."),
    INTERRUPT_IGNORED(
            Level.WARN,
            "Appender '{name}': other code in this process has interrupted the thread {thread}, which ignores it; shipping"
                    + " goes on. What to do: find the code that interrupts threads that it has not started."),
    REPORTS_SKIPPED(
            Level.WARN,
            "{reports are} missing before this one, because the appenders that show this logger took none for a while. What"
                    + " to do: see why the console, or what reads it, was stuck."),
    FAILED(
            Level.ERROR,
            "Appender '{name}' has ended, because {what}. It takes no more lines: each one from now on is lost, and so are"
                    + " the {lines} that it held, except for those in the spool; all are counted as failed. What to do:"
                    + " see the stack trace for what the process is short of, and restart the service."),

    SPOOL_TAKEN_OVER(
            Level.INFO,
            "Appender '{name}': {files} of an earlier process in the spool {directory} go out before its own lines."),
    SPOOL_UNWRITABLE(
            Level.WARN,
            "Appender '{name}' can't write to its spool {directory}{reason}. Its lines are kept in memory, within"
                    + " bufferSize. What to do: check that the directory exists, that it belongs to the user of this"
                    + " service, and that this user may write to it."),
    SPOOL_DISK_FULL(
            Level.WARN,
            "Appender '{name}': there is no room on the disk of the spool {directory}{reason}. Its lines are kept in"
                    + " memory, within bufferSize. What to do: free some space, or lower spool.maxSize."),
    SPOOL_DAMAGED(
            Level.WARN,
            "Appender '{name}': {file} in the spool is not a whole batch{reason}. Its lines are not delivered; the other"
                    + " files are. What to do: check the disk if the machine has not lost its power; look at the file, and"
                    + " delete it, because it counts towards spool.maxSize."),
    SPOOL_FOREIGN(
            Level.WARN,
            "Appender '{name}': {file} in the spool is not one of its files{reason}. It is left alone, and counts towards"
                    + " spool.maxSize. What to do: move it elsewhere, and keep the directory for the spool alone."),
    SPOOL_OPEN_TO_OTHERS(
            Level.WARN,
            "Appender '{name}': other users may write to the spool {directory}{reason}. They could remove lines, or add"
                    + " some. What to do: take that right from them (chmod go-w), or choose a directory that belongs to the"
                    + " user of this service."),
    SPOOL_NOT_TAKEN_OVER(
            Level.WARN,
            "Appender '{name}': the lines that an earlier process left in {directory} can't be taken over{reason}. They"
                    + " are kept there, and the next start tries again. What to do: check whose directory it is, and what"
                    + " is in the way."),
    SPOOL_NOT_DELETED(
            Level.WARN,
            "Appender '{name}': the delivered file {file} can't be deleted from the spool{reason}. It counts towards"
                    + " spool.maxSize, and is not delivered again by this process, which tries again to delete it. What to"
                    + " do: make the directory writable."),

    ABANDONED(
            Level.ERROR,
            "Appender '{name}': {lines were} abandoned, because {endpoint} had not taken them when shutdownTimeout left no"
                    + " time for another attempt{reason}. What to do, where that happens often: see why it doesn't, raise"
                    + " shutdownTimeout, or set spool.directory."),
    KEPT(
            Level.INFO,
            "Appender '{name}': {lines are} kept in the spool; the next start with this spool.directory delivers"
                    + " them.");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[^}]+}");

    private final Level level;
    private final String template;

    Message(Level level, String template) {
        this.level = level;
        this.template = template;
    }

    Level level() {
        return level;
    }

    /** With names in braces for what differs. */
    String template() {
        return template;
    }

    /** With these in the places of the placeholders, in their order. */
    String with(Object... values) {
        Iterator<Object> next = List.of(values).iterator();
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(place -> Matcher.quoteReplacement(next.next().toString()));
    }
}
