package io.github.dropwizardlogdna.line;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.Level;
import jakarta.annotation.Nullable;

/** Reads the events of a request log. The one class of this package that needs logback-access. */
final class AccessEventReader implements EventReader<IAccessEvent> {

    static final EventReader<IAccessEvent> INSTANCE = new AccessEventReader();

    private static final int SERVER_ERROR = 500;

    private AccessEventReader() {}

    @Override
    public boolean isBelowWarn(IAccessEvent event) {
        return event.getStatusCode() < SERVER_ERROR;
    }

    @Override
    @Nullable
    public String loggerName(IAccessEvent event) {
        return null;
    }

    @Override
    public long timestamp(IAccessEvent event) {
        return event.getTimeStamp();
    }

    @Override
    public Level level(IAccessEvent event) {
        return isBelowWarn(event) ? Level.INFO : Level.WARN;
    }

    /** The method, the URI without its query, and the status. */
    @Override
    public String text(IAccessEvent event, StackTraces stackTraces) {
        return bareText(event);
    }

    @Override
    public String bareText(IAccessEvent event) {
        return event.getMethod() + ' ' + path(event) + ' ' + event.getStatusCode();
    }

    @Override
    public void collect(IAccessEvent event, OwnFields own, ProgramFields program) {
        own.putText(FieldName.METHOD, present(event.getMethod()));
        own.putText(FieldName.URI, present(path(event)));
        own.repeatInEachPart();
        own.putNumber(FieldName.STATUS, event.getStatusCode());
        own.putNumber(FieldName.BYTES, event.getContentLength());
        own.putNumber(FieldName.ELAPSED_MS, event.getElapsedTime());
        own.putText(FieldName.REMOTE_ADDRESS, present(event.getRemoteAddr()));
        own.putText(FieldName.USER_AGENT, present(event.getRequestHeader("User-Agent")));
        own.putText(FieldName.PROTOCOL, present(event.getProtocol()));
        program.putFixedUnlessOwn();
    }

    @Override
    public void collectBare(IAccessEvent event, OwnFields own) {}

    /** The URI without its query. A malformed request may have none. */
    private static String path(IAccessEvent event) {
        String uri = event.getRequestURI();
        if (uri == null) {
            return IAccessEvent.NA;
        }
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    /** Null for a missing text, for which logback-access also has a dash. */
    @Nullable
    private static String present(@Nullable String text) {
        return text == null || text.equals(IAccessEvent.NA) ? null : text;
    }
}
