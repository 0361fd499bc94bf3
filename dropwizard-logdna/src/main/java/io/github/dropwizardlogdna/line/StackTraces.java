package io.github.dropwizardlogdna.line;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.CoreConstants;
import jakarta.annotation.Nullable;

/**
 * Prints stack traces, to the character as Logback's {@link ThrowableProxyUtil#asString} does, but for a fraction: right
 * behind the message, and with the text of the frames that it has met before, which are nearly all of them. For one
 * thread at a time.
 */
final class StackTraces {

    /** What most traces take, and what is guessed for the first. */
    private static final int USUAL_CHARS = 4 * 1024;
    /** A huge trace must not make all that follow it dear. */
    private static final int MAX_GUESS = 64 * 1024;
    /** Longer frames are not kept, so that the whole stays small. */
    private static final int MAX_FRAME_CHARS = 256;
    /** Suppressed exceptions within suppressed exceptions. */
    private static final int MAX_DEPTH = 64;

    private static final String CUT = "… [the rest of the stack trace is cut]";
    /** Of two places each. A trace has some sixty frames, and traces share most of theirs. */
    private static final int SETS = 256;

    /** As in {@link Recurring}; made with the first exception. */
    @Nullable
    private StackTraceElement[] frames;

    private String[] texts = new String[0];

    private int lastLength = USUAL_CHARS;

    /** Where the trace at hand must end: not much behind what can be shipped. */
    private int end;

    /** The message, and the trace behind it without the line break at its end. */
    String behind(String message, IThrowableProxy throwable) {
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

    /** Prints an exception, its suppressed ones and its causes; false if there was too much of them. */
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
            // A loop, as there may be thousands of causes, or a home-made proxy makes them endless.
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
     * Class and message, in the words of the Logback that is there. Its method for them is public from 1.5.22 on only; an
     * older one that is public puts a caption in front for a cause that shares frames.
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
            // In this order, as memory may end in between.
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
