package com.example.consumer;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.MarkerFactory;

/** Logs one line of each kind; {@code ExpectedLines} of the runner has the same lines as they must arrive. */
@Path("/work")
public final class WorkResource {
    private static final Logger LOG = LoggerFactory.getLogger("com.example.consumer.Work");
    private static final Logger AUDIT = LoggerFactory.getLogger("audit");

    /** Answers with the name that the thread's lines must arrive with; a virtual thread has none. */
    @POST
    public String work(
            @QueryParam("numbered") @DefaultValue("0") int numbered,
            @QueryParam("contextClassLoader") @DefaultValue("own") String contextClassLoader)
            throws Exception {
        Thread current = Thread.currentThread();
        ClassLoader own = current.getContextClassLoader();
        try {
            switch (contextClassLoader) {
                case "null" -> current.setContextClassLoader(null);
                case "foreign" -> current.setContextClassLoader(new URLClassLoader(new URL[0], null));
                default -> {}
            }
            logEachKind();
            logNumbered(numbered);
        } finally {
            current.setContextClassLoader(own);
        }
        return threadName();
    }

    private static void logEachKind() {
        LOG.info("A plain line with {} arguments", 1);
        LOG.info("Non-ASCII: ıİ ß € \uD83D\uDE00 مرحبا");
        MDC.put("requestId", "r-1");
        try {
            LOG.atWarn()
                    .addMarker(MarkerFactory.getMarker("BILLING"))
                    .addMarker(MarkerFactory.getMarker("SLOW"))
                    .addKeyValue("customer", "Ada")
                    .addKeyValue("items", 1234567)
                    .addKeyValue("ratio", 0.5)
                    .addKeyValue("paid", true)
                    .log("Markers, MDC and pairs");
        } finally {
            MDC.remove("requestId");
        }
        try {
            order();
        } catch (IllegalStateException e) {
            LOG.error("The order failed", e);
        }
        LOG.atInfo().addKeyValue("card", "4111 1111 1111 1111").log("Paid with 4111 1111 1111 1111");
        AUDIT.info("Audited");
    }

    private static void order() {
        try {
            pay();
        } catch (IOException e) {
            throw new IllegalStateException("no payment", e);
        }
    }

    private static void pay() throws IOException {
        throw new IOException("connection reset by 4111 1111 1111 1111");
    }

    /** Four threads, so that lines come from more than one; each thread's lines must keep their order. */
    private static void logNumbered(int numbered) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(
                    () -> {
                        for (int i = 0; i < numbered; i++) {
                            LOG.info("Numbered {}", i);
                        }
                    },
                    "numbered-" + t);
            thread.setContextClassLoader(contextClassLoader);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Without the request, which Dropwizard appends. */
    private static String threadName() {
        String name = Thread.currentThread().getName();
        int request = name.indexOf(" - ");
        return request < 0 ? name : name.substring(0, request);
    }
}
