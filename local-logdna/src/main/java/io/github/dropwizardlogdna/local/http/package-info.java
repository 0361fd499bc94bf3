/**
 * A small HTTP/1.1 server for a machine's own use, which other people's requests can't stop.
 *
 * <p>One thread does all I/O and owns all state of the connections, so a slow or silent peer costs memory that is bounded
 * and no thread. Deadlines, a minimum data rate, and limits on connections and bytes are {@link
 * io.github.dropwizardlogdna.local.http.Limits}. Requests that have arrived whole are handled by two more threads.
 *
 * <p>It exists because a test library must not bring a server to a service's class path: Dropwizard 4 and 5 each need
 * their own Jetty, and every other server would be a version that conflicts with somebody's. The server that comes with
 * the JDK has neither a minimum data rate nor a deadline that is not global to the JVM, occupies a thread for each slow
 * request, and can't misbehave on demand (reset a connection, leave a request unanswered).
 *
 * <p>It logs nothing. It knows nothing of what is served.
 */
package io.github.dropwizardlogdna.local.http;
