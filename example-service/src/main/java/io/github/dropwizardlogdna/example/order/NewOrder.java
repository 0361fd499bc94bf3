package io.github.dropwizardlogdna.example.order;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** A customer's order. */
public record NewOrder(
        @NotBlank @Size(max = 100) String customer,
        @NotEmpty @Size(max = 100) List<@NotNull @Valid Item> items) {}
