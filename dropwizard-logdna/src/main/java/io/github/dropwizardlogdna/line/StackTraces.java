package io.github.dropwizardlogdna.line;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.CoreConstants;
import jakarta.annotation.Nullable;

/**
 * Prints stack traces exactly as Logback's {@link ThrowableProxyUtil#asString} does, at a fraction of its cost: it appends
 * to the message and caches the text of frames, because most frames recur. For one thread at a time.
 */
final class StackTraces {

    /** The size of most traces, and the first guess. */
    private static final int USUAL_CHARS = 4 * 1024;
    /** One huge trace must not make all later ones expensive. */
    private static final int MAX_GUESS = 64 * 1024;
    /** Longer frames are not cached, so that the cache stays small. */
    private static final int MAX_FRAME_CHARS = 256;
    /** How deeply suppressed exceptions may be nested. */
    private static final int MAX_DEPTH = 64;

    private static final String CUT = "… [the rest of the stack trace is cut]";
    /** Each set holds two frames. A trace has about sixty, and traces share most of them. */
    private static final int SETS = 256;

    /** Organized like {@link NameCache}; created with the first exception. */
    @Nullable
    private StackTraceElement[] frames;

    private String[] texts = new String[0];

    private int lastLength = USUAL_CHARS;

    /** The length at which the current trace is cut: a little more than can be shipped. */
    private int end;

    /** Returns the message followed by the trace, without a line break at its end. */
    String append(String message, IThrowableProxy throwable) {
        StringBuilder text = new StringBuilder(message.length() + lastLength);
        text.append(message).append(CoreConstants.LINE_SEPARATOR);
        int start = text.length();
        end = Math.max(start + USUAL_CHARS, Limits.TEXT_CHARS - 2 * CUT.length());
        if (!print(text, throwable, null, ThrowableProxyUtil.REGULAR_EXCEPTION_INDENT, 0)) {
            text.append(CUT);
        }
        lastLength = Math.min(MAX_GUESS, text.length() - message.length());
        int length = text.length();
        while (length > start && LineText.isLineBreak(text.charAt(length - 1))) {
            length--;
        }
        text.setLength(length);
        return text.toString();
    }

    /** Prints an exception, its suppressed exceptions and its causes. Returns false if it had to stop early. */
    private boolean print(
            StringBuilder text, IThrowableProxy throwable, @Nullable String caption, int indent, int depth) {
        if (depth > MAX_DEPTH) {
            return false;
        }
        IThrowableProxy each = throwable;
        String eachCaption = caption;
        while (each != null) {
            ThrowableProxyUtil.indent(text, indent - 1);
            if (eachCaption != null) {
                text.append(eachCaption);
            }
            appendMessage(text, each);
            text.append(CoreConstants.LINE_SEPARATOR);
            if (!printFrames(text, each, indent) || !printSuppressed(text, each, indent, depth)) {
                return false;
            }
            // A loop, because there may be thousands of causes, and those of a custom proxy may never end.
            each = each.getCause();
            eachCaption = CoreConstants.CAUSED_BY;
        }
        return true;
    }

    private boolean printSuppressed(StringBuilder text, IThrowableProxy throwable, int indent, int depth) {
        IThrowableProxy[] suppressed = throwable.getSuppressed();
        if (suppressed != null) {
            int deeper = indent + ThrowableProxyUtil.SUPPRESSED_EXCEPTION_INDENT;
            for (IThrowableProxy each : suppressed) {
                if (each != null && !print(text, each, CoreConstants.SUPPRESSED, deeper, depth + 1)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Appends class and message as the present version of Logback prints them. The method that does so is public since
     * 1.5.22 only; the older public one adds a caption if the cause shares frames.
     */
    private static void appendMessage(StringBuilder text, IThrowableProxy throwable) {
        int start = text.length();
        ThrowableProxyUtil.subjoinFirstLine(text, throwable);
        if (throwable.getCommonFrames() > 0 && text.indexOf(CoreConstants.CAUSED_BY, start) == start) {
            text.delete(start, start + CoreConstants.CAUSED_BY.length());
        }
    }

    private boolean printFrames(StringBuilder text, IThrowableProxy throwable, int indent) {
        StackTraceElementProxy[] trace = throwable.getStackTraceElementProxyArray();
        int common = throwable.getCommonFrames();
        int own = trace == null ? 0 : trace.length - common;
        for (int i = 0; i < own && text.length() < end; i++) {
            ThrowableProxyUtil.indent(text, indent);
            text.append(text(trace[i]));
            ThrowableProxyUtil.subjoinPackagingData(text, trace[i]);
            text.append(CoreConstants.LINE_SEPARATOR);
        }
        if (common > 0) {
            ThrowableProxyUtil.indent(text, indent);
            text.append("... ").append(common).append(" common frames omitted").append(CoreConstants.LINE_SEPARATOR);
        }
        return text.length() < end;
    }

    private String text(StackTraceElementProxy frame) {
        if (frames == null) {
            // In this order: if the second allocation fails, the first is harmless.
            texts = new String[2 * SETS];
            frames = new StackTraceElement[2 * SETS];
        }
        StackTraceElement element = frame.getStackTraceElement();
        int hash = element.hashCode();
        int first = 2 * ((hash ^ hash >>> 16) & (SETS - 1));
        if (element.equals(frames[first])) {
            return texts[first];
        }
        if (element.equals(frames[first + 1])) {
            return texts[first + 1];
        }
        String text = frame.toString();
        if (text.length() <= MAX_FRAME_CHARS) {
            frames[first + 1] = frames[first];
            texts[first + 1] = texts[first];
            frames[first] = element;
            texts[first] = text;
        }
        return text;
    }
}
