/**
 * Builds the service of the folder {@code service} in many combinations, runs each as a process of its own against an
 * endpoint within this process, and compares what arrives with what the service logs. The service sees the library only
 * as its users do: installed, through a POM of its own.
 */
package io.github.dropwizardlogdna.compatibility;
