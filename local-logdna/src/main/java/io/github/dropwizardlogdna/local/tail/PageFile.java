package io.github.dropwizardlogdna.local.tail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** A file of the page, read once from the class path. */
final class PageFile {

    private final String contentType;
    private final byte[] content;

    private PageFile(String contentType, byte[] content) {
        this.contentType = contentType;
        this.content = content;
    }

    String contentType() {
        return contentType;
    }

    byte[] content() {
        return content;
    }

    /** All files by path. No other file can be read, whatever path a request has. */
    static Map<String, PageFile> byPath() {
        return Map.of(
                "/", read("tail.html", "text/html; charset=utf-8"),
                "/tail/tail.css", read("tail.css", "text/css; charset=utf-8"),
                "/tail/tail.js", read("tail.js", "text/javascript; charset=utf-8"),
                "/tail/address.js", read("address.js", "text/javascript; charset=utf-8"),
                "/tail/lines.js", read("lines.js", "text/javascript; charset=utf-8"),
                "/tail/list.js", read("list.js", "text/javascript; charset=utf-8"),
                "/tail/row.js", read("row.js", "text/javascript; charset=utf-8"),
                "/tail/icon.svg", read("icon.svg", "image/svg+xml"));
    }

    private static PageFile read(String name, String contentType) {
        try (InputStream in = PageFile.class.getResourceAsStream("/io/github/dropwizardlogdna/local/tail/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new PageFile(contentType, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
