/**
 * A small HTTP/1.1 server for local use, which hostile requests can't stop.
 *
 * <p>One thread does all I/O and owns the state of all connections, so a slow or silent client costs bounded memory and no
 * thread. {@link io.github.dropwizardlogdna.local.http.Limits} has the deadlines, the minimum data rate, and the limits on
 * connections and bytes. Two more threads handle complete requests.
 *
 * <p>It exists because a test library must not add a server to the class path of a service: Dropwizard 4 and 5 need
 * different versions of Jetty, and any other server could conflict with a version that a service uses. The JDK's server has
 * no minimum data rate, its deadlines are global to the JVM, a slow request occupies a thread, and it can't misbehave on
 * demand (reset a connection, leave a request unanswered).
 *
 * <p>It logs nothing, and does not depend on what it serves.
 */
package io.github.dropwizardlogdna.local.http;
