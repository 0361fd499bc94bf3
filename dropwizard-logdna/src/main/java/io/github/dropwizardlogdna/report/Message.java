package io.github.dropwizardlogdna.report;

import io.github.dropwizardlogdna.ingestion.Remedy;
import io.github.dropwizardlogdna.shipping.DropReason;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.event.Level;

/**
 * The messages that this library logs by {@value ReportLog#LOGGER}, and the remedies in them: the only place for these
 * texts. {@code docs/messages.md} lists the messages; a test compares the two.
 */
public enum Message {
    STARTED(
            Level.INFO,
            "Appender '{name}' ships to {endpoint} as app '{app}'; buffer {size}, spool {directory}{environment}"
                    + " ({versions})."),
    DISABLED(Level.INFO, "Appender '{name}' is disabled (enabled: false) and ships nothing."),

    BUFFERS_TOO_LARGE(
            Level.WARN,
            "{Buffers} may hold {size}, more than a quarter of the maximum heap ({heap}): in an outage the service"
                    + " may run out of memory. What to do: lower bufferSize, or raise -Xmx."),
    RETRYING(
            Level.WARN,
            "Appender '{name}' can't deliver to {endpoint}: {reason}. {lines are} kept; the next attempt is in"
                    + " {time}. What to do: {remedy}"),
    STILL_RETRYING(
            Level.WARN,
            "Appender '{name}' still can't deliver to {endpoint}, after {time}: {reason}. {lines are} kept; the"
                    + " next attempt is in {time}. What to do: {remedy}"),
    KEY_REFUSED(
            Level.ERROR,
            "Appender '{name}' can't deliver to {endpoint} with this key: {reason}. {lines are} kept; the next"
                    + " attempt is in {time}. What to do: {remedy}"),
    SETTING_AT_FAULT(
            Level.ERROR,
            "Appender '{name}' can't deliver to {endpoint} with these settings: {reason}. {lines are} kept; the"
                    + " next attempt is in {time}. What to do: {remedy}"),
    RECOVERED(
            Level.INFO,
            "Appender '{name}' delivers to {endpoint} again, after {failed requests} in {time}; the lines that were"
                    + " kept are sent, oldest first."),

    REFUSED(
            Level.WARN,
            "Appender '{name}': {endpoint} refused {lines} permanently: {reason}. {They are} lost; the rest of the"
                    + " batch is not affected. What to do: {remedy}"),
    DROPPED(Level.WARN, "Appender '{name}': {lines were} dropped ({reason}), because {why and what to do}."),
    DROPPED_AT_SHUTDOWN(
            Level.ERROR,
            "Appender '{name}': before the end {lines were} dropped ({reason}), because {why and what to do}."),
    NOT_ENCODED(
            Level.WARN,
            "Appender '{name}': an event could not be encoded and was shipped as its bare message ({count} since"
                    + " the start). What to do: check its arguments, its key-value pairs and the layout."),
    EVENT_LOST(
            Level.WARN,
            "Appender '{name}': an event was lost, because a filter or the encoder failed with {exception}. It is counted"
                    + " as failed. What to do: check the filterFactories of the appender; if it has none, report it to "
                    + Links.ISSUES + "."),
    LINKAGE_ERROR(
            Level.ERROR,
            "Appender '{name}': {error} in {part}. A library of this service has a version that lacks it, so the"
                    + " error recurs until the class path is changed, and lines are lost or shipped as their bare"
                    + " message. Found: {versions}. Needed: {needed}. What to"
                    + " do: import io.dropwizard:dropwizard-bom of your Dropwizard version; mvn dependency:tree"
                    + " shows what brings another version."),
    INCOMPATIBLE(
            Level.ERROR,
            "Appender '{name}' can't work with the libraries of this service: {problem}. Found: {versions}. Needed:"
                    + " {needed}. What to do: import io.dropwizard:dropwizard-bom in one of these versions;"
                    + " mvn dependency:tree shows which dependency brings another."),
    INTERNAL_ERROR(
            Level.ERROR,
            "Appender '{name}': an error in {part}. Shipping goes on; lines lost because of it are counted as"
                    + " failed. What to do: report it, with the stack trace, to " + Links.ISSUES + "."),
    INTERRUPT_IGNORED(
            Level.WARN,
            "Appender '{name}': other code in this process interrupted the thread {thread}, which ignores it;"
                    + " shipping goes on. What to do: find the code that interrupts threads it did not start."),
    REPORTS_SKIPPED(
            Level.WARN,
            "{reports are} missing before this one, because the appenders of this logger were blocked. What to do:"
                    + " check why the console, or the process that reads it, was stuck."),
    FAILED(
            Level.ERROR,
            "Appender '{name}' has ended, because {what}. It takes no more lines: the {lines} that it held, except"
                    + " those in the spool, and all further lines are lost and counted as failed. What to do: check the stack trace for the resource that the process lacks, and"
                    + " restart the service."),

    SPOOL_TAKEN_OVER(
            Level.INFO,
            "Appender '{name}' delivers {files} that an earlier process left in the spool {directory}, before its"
                    + " own lines."),
    SPOOL_UNWRITABLE(
            Level.WARN,
            "Appender '{name}' can't write to its spool {directory}{reason}. Its lines are kept in memory, within"
                    + " bufferSize, and are lost if the process is killed. What to do: check that the directory exists, that it belongs to the user of"
                    + " this service, and that this user may write to it."),
    SPOOL_DISK_FULL(
            Level.WARN,
            "Appender '{name}': no space is left on the disk of the spool {directory}{reason}. Its lines are kept"
                    + " in memory, within bufferSize, and are lost if the process is killed. What to do: free some space, or lower spool.maxSize."),
    SPOOL_DAMAGED(
            Level.WARN,
            "Appender '{name}': {file} in the spool is not a complete batch{reason}. Its lines are not delivered;"
                    + " the other files are. What to do: check the disk, unless the machine lost power; inspect the"
                    + " file and delete it, because it counts towards spool.maxSize."),
    SPOOL_UNREADABLE(
            Level.WARN,
            "Appender '{name}': {file} in the spool can't be read{reason}. Its lines and those of later files are kept,"
                    + " and reading is retried. What to do: check the limit of open files of this process, the"
                    + " permissions of the file, and the disk."),
    SPOOL_FOREIGN(
            Level.WARN,
            "Appender '{name}': {file} in the spool is not one of its files{reason}. It is left alone, and counts"
                    + " towards spool.maxSize. What to do: move it elsewhere, and use the directory for the spool"
                    + " only."),
    SPOOL_OPEN_TO_OTHERS(
            Level.WARN,
            "Appender '{name}': other users may write to the spool {directory}{reason}. They could remove or add"
                    + " lines. What to do: revoke that permission (chmod go-w), or choose a directory that belongs"
                    + " to the user of this service."),
    SPOOL_NOT_TAKEN_OVER(
            Level.WARN,
            "Appender '{name}': the lines that an earlier process left in {directory} can't be taken over{reason}."
                    + " They are kept there, and the next start tries again. What to do: check the owner, the"
                    + " permissions and the content of the directory."),
    SPOOL_NOT_DELETED(
            Level.WARN,
            "Appender '{name}': the delivered file {file} can't be deleted from the spool{reason}. It counts"
                    + " towards spool.maxSize; this process does not deliver it again, and keeps trying to delete"
                    + " it. What to do: make the directory writable."),

    ABANDONED(
            Level.ERROR,
            "Appender '{name}': {lines were} abandoned, because shutdownTimeout left no time for another attempt to"
                    + " deliver to {endpoint}{reason}. What to do if this happens often: check why the endpoint"
                    + " is slow or unreachable, raise shutdownTimeout, or set spool.directory."),
    KEPT(
            Level.INFO,
            "Appender '{name}': {lines are} kept in the spool and will be delivered by the next start with this"
                    + " spool.directory.");

    /** A class of its own, because constants of an enum come before its fields. */
    private static final class Links {
        static final String ISSUES = "https://github.com/dropwizard-logdna/dropwizard-logdna/issues";
    }

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

    /** The text, with placeholders in braces. */
    String template() {
        return template;
    }

    /** The text with the placeholders replaced by these values, in order. */
    public String with(Object... values) {
        Iterator<Object> next = List.of(values).iterator();
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(place -> Matcher.quoteReplacement(next.next().toString()));
    }

    /** The remedy for a failed request, in sentences; empty if there is nothing to do. */
    public static String remedy(Remedy remedy) {
        return switch (remedy) {
            case NONE -> "";
            case HOST_NAME ->
                "Check the spelling of the host in endpoint, and whether this machine or container can resolve host names.";
            case NETWORK ->
                "Check host and port in endpoint, and whether a firewall or a missing route blocks the way from this machine:"
                        + " curl -v shows it.";
            case PATIENCE ->
                "Nothing, if it passes. Otherwise check the status page of the endpoint, and whether a proxy or a firewall"
                        + " delays requests; on a slow network, raise connectionTimeout and timeout.";
            case CLOSED ->
                "Nothing, if it passes. Otherwise check whether the endpoint expects TLS at this port (then endpoint must be"
                        + " https), and whether it requires a client certificate (tls.keyStorePath).";
            case TRUST ->
                "Add the issuer of the certificate to a trust store (keytool -importcert -file ca.pem -keystore trust.p12), and"
                        + " set tls.trustStorePath to it. An unexpected issuer means that a proxy intercepts TLS; a wrong name or date"
                        + " means that endpoint or the server's certificate is wrong.";
            case TLS ->
                "Check whether the endpoint expects TLS at this port (if not, endpoint must be http), and whether it requires a client"
                        + " certificate: tls.keyStorePath.";
            case KEY ->
                "Set ingestionKey to an ingestion key, not a service key, of this account and region. If it is correct, check whether"
                        + " a proxy or a firewall has answered.";
            case KEY_OR_CONTENT ->
                "Check whether the key was revoked. If only some requests are refused, check what a proxy or a firewall in"
                        + " front of the endpoint objects to: lines that are refused on their own are dropped and counted as refused.";
            case KEY_OR_PROXY ->
                "Check the log of the proxy or firewall on the way, if there is one; then check that ingestionKey is still"
                        + " an ingestion key of this account.";
            case ENDPOINT ->
                "Set endpoint to the URL of the ingestion API, https://logs.logdna.com/logs/ingest unless the account has its"
                        + " own, and check whether a proxy is on the way.";
            case PROXY ->
                "Check that proxy, or -Dhttps.proxyHost and the like, has the right host, port, user and password, and that the"
                        + " proxy allows this service to reach the endpoint.";
            case CLASS_PATH ->
                "Check the report of the error for the versions that are needed; mvn dependency:tree shows which dependency"
                        + " brings another one.";
            case MEMORY ->
                "Nothing, if it passes. Otherwise raise the maximum heap (-Xmx) or, if the error is about threads, the limit of"
                        + " processes of this container; or lower bufferSize.";
            case ACCOUNT -> "Check the account's plan and payment.";
            case CONTENT -> "Check what is unusual about the lines of that time, and about hostname, tags and meta.";
            case REQUEST ->
                "Check what is unusual about the lines of that time, and about hostname, tags and meta. If every request is"
                        + " refused, check whether the endpoint requires a client certificate (tls.keyStorePath), or https instead of"
                        + " http.";
        };
    }

    /** Why lines were dropped and what to do, as the rest of a sentence: "10 lines were dropped, because ...". */
    static String because(DropReason reason) {
        return switch (reason) {
            case FULL ->
                "the buffer was full; check why the endpoint is slow or unreachable, raise bufferSize, or set"
                        + " spool.directory";
            case DISCARDED ->
                "the buffer was nearly full, and the remaining room is reserved for WARN and ERROR; check why the"
                        + " endpoint is slow or unreachable, or raise bufferSize";
            case RATE -> "messageRate was exceeded; set a shorter time there to ship more lines";
            case REFUSED -> "of a permanent refusal by the endpoint; see the report about that";
            case TOO_LARGE ->
                "the size exceeded what the endpoint or bufferSize allows; raise bufferSize, or log less at once";
            case FAILED -> "of an error in the shipper, the spool or the logged event; see the report about that";
            case SPOOL_FULL ->
                "the spool was full; check why the endpoint is slow or unreachable, or raise spool.maxSize";
            case ABANDONED -> "the process ended first";
        };
    }
}
