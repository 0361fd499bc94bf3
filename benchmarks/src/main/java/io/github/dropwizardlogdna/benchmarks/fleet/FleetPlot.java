package io.github.dropwizardlogdna.benchmarks.fleet;

import io.github.dropwizardlogdna.benchmarks.fleet.Simulation.Result;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;

/** Requests a second over time, a panel for each client, as SVG. The scale is logarithmic: a herd is a hundred times the rest. */
final class FleetPlot {

    private static final int WIDTH = 860;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int TOP = 76;
    private static final int PANEL = 120;
    private static final int GAP = 34;
    private static final int BOTTOM = 44;

    private static final int DECADES = 6;
    private static final int MINUTE = 60;
    /** A point of the curve: the busiest second of so many. */
    private static final int STEP = 2;

    private static final String CAME = "#c2410c";
    private static final String TAKEN = "#1d4ed8";
    private static final String TEXT = "#1f2937";
    private static final String MUTED = "#6b7280";

    private final StringBuilder svg = new StringBuilder();
    private final int seconds;

    private FleetPlot(int seconds) {
        this.seconds = seconds;
    }

    /** @param seconds how much of the time to show */
    static String of(String title, List<Result> results, int seconds) {
        FleetPlot plot = new FleetPlot(seconds);
        int height = TOP + results.size() * (PANEL + GAP) - GAP + BOTTOM;
        plot.add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12' role='img'>",
                WIDTH, height);
        plot.add("<title>%s</title>", title);
        plot.add("<rect width='%d' height='%d' fill='#ffffff'/>", WIDTH, height);
        plot.add("<text x='%d' y='22' font-size='15' font-weight='bold' fill='%s'>%s</text>", LEFT, TEXT, title);
        plot.legend();
        for (int i = 0; i < results.size(); i++) {
            plot.panel(results.get(i), TOP + i * (PANEL + GAP));
        }
        plot.minutes(height - BOTTOM);
        plot.add("</svg>");
        return plot.svg.toString();
    }

    private void legend() {
        add("<rect x='%d' y='36' width='12' height='3' fill='%s'/>", LEFT, CAME);
        add("<text x='%d' y='42' fill='%s'>requests a second</text>", LEFT + 18, TEXT);
        add("<rect x='%d' y='36' width='12' height='3' fill='%s'/>", LEFT + 150, TAKEN);
        add("<text x='%d' y='42' fill='%s'>of these, taken</text>", LEFT + 168, TEXT);
        add("<rect x='%d' y='32' width='12' height='10' fill='#f3f4f6' stroke='#d1d5db'/>", LEFT + 290);
        add("<text x='%d' y='42' fill='%s'>the outage</text>", LEFT + 308, TEXT);
    }

    private void panel(Result result, int top) {
        int bottom = top + PANEL;
        add(
                "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='#f3f4f6'/>",
                x(Simulation.OUTAGE), top, x(Simulation.RECOVERY) - x(Simulation.OUTAGE), PANEL);
        for (int decade = 1; decade < DECADES; decade++) {
            double y = y(Math.pow(10, decade), bottom);
            add("<line x1='%d' y1='%.1f' x2='%d' y2='%.1f' stroke='#e5e7eb'/>", LEFT, y, WIDTH - RIGHT, y);
            add(
                    "<text x='%d' y='%.1f' text-anchor='end' font-size='10' fill='%s'>%,d</text>",
                    LEFT - 6, y + 3, MUTED, (long) Math.pow(10, decade));
        }
        add("<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='%s'/>", LEFT, bottom, WIDTH - RIGHT, bottom, MUTED);
        add(
                "<text x='%d' y='%d' font-weight='bold' fill='%s'>%s</text>",
                LEFT, top - 6, TEXT, result.client().name());
        add(
                "<text x='%d' y='%d' text-anchor='end' fill='%s'>%s</text>",
                WIDTH - RIGHT, top - 6, MUTED, outcome(result));
        int end = Math.min(seconds, result.end());
        curve(result.timeline()::came, CAME, bottom, end);
        curve(result.timeline()::taken, TAKEN, bottom, end);
    }

    private static String outcome(Result result) {
        double dropped = 100 * (result.full() + result.givenUp()) / result.loggedInOutage();
        String caughtUp = Double.isNaN(result.drained())
                ? "did not catch up within an hour"
                : String.format(Locale.ROOT, "caught up after %.0f s", result.drained());
        return dropped < 0.05
                ? caughtUp + ", nothing dropped"
                : String.format(Locale.ROOT, "%s, dropped %.1f %% of the lines of the outage", caughtUp, dropped);
    }

    private void curve(IntUnaryOperator requests, String colour, int bottom, int end) {
        StringBuilder points = new StringBuilder();
        for (int second = 0; second + STEP <= end; second += STEP) {
            int most = 0;
            for (int i = second; i < second + STEP; i++) {
                most = Math.max(most, requests.applyAsInt(i));
            }
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(second), y(most, bottom)));
        }
        add(
                "<polyline points='%s' fill='none' stroke='%s' stroke-width='1.2'/>",
                points.toString().strip(), colour);
    }

    private void minutes(int bottom) {
        int every = seconds > 30 * MINUTE ? 5 : 2;
        for (int minute = 0; minute * MINUTE <= seconds - Simulation.OUTAGE; minute += every) {
            double x = x(Simulation.OUTAGE + minute * MINUTE);
            add("<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='%s'/>", x, bottom, x, bottom + 4, MUTED);
            add(
                    "<text x='%.1f' y='%d' text-anchor='middle' font-size='10' fill='%s'>%d</text>",
                    x, bottom + 16, MUTED, minute);
        }
        add(
                "<text x='%d' y='%d' text-anchor='end' fill='%s'>minutes since the outage began</text>",
                WIDTH - RIGHT, bottom + 34, MUTED);
    }

    private double x(double second) {
        return LEFT + second / seconds * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double requests, int bottom) {
        return bottom - Math.log10(Math.max(1, requests)) / DECADES * PANEL;
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
