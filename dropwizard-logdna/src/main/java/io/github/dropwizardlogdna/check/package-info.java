/**
 * Internal. Finds out in advance whether shipping will work: the command {@code logdna-check}, the self-test of the class
 * path at the start, and the check of a spool's directory.
 */
package io.github.dropwizardlogdna.check;
