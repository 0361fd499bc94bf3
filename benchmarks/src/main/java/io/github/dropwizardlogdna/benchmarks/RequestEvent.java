package io.github.dropwizardlogdna.benchmarks;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.access.common.spi.ServerAdapter;
import io.github.dropwizardlogdna.benchmarks.receiver.Marks;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;

/** A request that was answered, for the request log; without a server, whose work would be measured along. */
final class RequestEvent implements IAccessEvent {

    private static final String URI = "/orders/0b9c2f0e-6f0a-4f6c-9d3e-2f6a1c7e5b11";
    /** Everybody ships it once; the URI stands in a printed line, too. */
    private static final String PROTOCOL = "HTTP/1.1 " + Marks.LINE;

    private static final String AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    private final long timestamp = System.currentTimeMillis();
    private final int number;

    RequestEvent(int number) {
        this.number = number;
    }

    @Override
    public long getTimeStamp() {
        return timestamp;
    }

    @Override
    public long getSequenceNumber() {
        return number;
    }

    @Override
    public String getMethod() {
        return "POST";
    }

    @Override
    public String getRequestURI() {
        return URI;
    }

    @Override
    public String getQueryString() {
        return "";
    }

    @Override
    public String getRequestURL() {
        return "POST " + URI + " HTTP/1.1";
    }

    @Override
    public String getProtocol() {
        return PROTOCOL;
    }

    @Override
    public int getStatusCode() {
        return 201;
    }

    @Override
    public long getContentLength() {
        return number;
    }

    @Override
    public long getElapsedTime() {
        return number & 0xff;
    }

    @Override
    public long getElapsedSeconds() {
        return 0;
    }

    @Override
    public String getRemoteAddr() {
        return "192.0.2.17";
    }

    @Override
    public String getRemoteHost() {
        return "192.0.2.17";
    }

    @Override
    public String getRemoteUser() {
        return NA;
    }

    @Override
    public String getRequestHeader(String name) {
        return name.equals("User-Agent") ? AGENT : NA;
    }

    @Override
    public Map<String, String> getRequestHeaderMap() {
        return Map.of("User-Agent", AGENT);
    }

    @Override
    public Enumeration<String> getRequestHeaderNames() {
        return Collections.enumeration(List.of("User-Agent"));
    }

    @Override
    public Map<String, String[]> getRequestParameterMap() {
        return Map.of();
    }

    @Override
    public String[] getRequestParameter(String name) {
        return new String[0];
    }

    @Override
    public Map<String, String> getResponseHeaderMap() {
        return Map.of();
    }

    @Override
    public List<String> getResponseHeaderNameList() {
        return List.of();
    }

    @Override
    public String getResponseHeader(String name) {
        return NA;
    }

    @Override
    public String getAttribute(String name) {
        return NA;
    }

    @Override
    public String getCookie(String name) {
        return NA;
    }

    @Override
    public String getRequestContent() {
        return "";
    }

    @Override
    public String getResponseContent() {
        return "";
    }

    @Override
    public String getServerName() {
        return "orders";
    }

    @Override
    public String getSessionID() {
        return NA;
    }

    @Override
    public int getLocalPort() {
        return 8080;
    }

    @Override
    public String getThreadName() {
        return Thread.currentThread().getName();
    }

    @Override
    public void setThreadName(String name) {
        throw new UnsupportedOperationException("it is the name of the thread that asks");
    }

    @Override
    public HttpServletRequest getRequest() {
        throw new UnsupportedOperationException("there is no server");
    }

    @Override
    public HttpServletResponse getResponse() {
        throw new UnsupportedOperationException("there is no server");
    }

    @Override
    public ServerAdapter getServerAdapter() {
        throw new UnsupportedOperationException("there is no server");
    }

    @Override
    public void prepareForDeferredProcessing() {
        // Holds everything already.
    }
}
