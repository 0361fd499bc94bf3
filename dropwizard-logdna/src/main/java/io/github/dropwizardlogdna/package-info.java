/**
 * Ships the logs of a Dropwizard service to LogDNA (Mezmo): {@code type: logdna} under {@code logging.appenders}.
 *
 * <p>This package holds what an application names: the bundle, the appender factory and its options. All packages below
 * are internal, although Java makes their classes public; they may change in any release.
 */
package io.github.dropwizardlogdna;
