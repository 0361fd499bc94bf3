package io.github.dropwizardlogdna.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;

/** Thrown for a value that can't be read. Its message names the allowed form and never contains the value. */
public final class WrongFormException extends JsonMappingException {

    WrongFormException(JsonParser parser, String message) {
        super(parser, message);
    }
}
