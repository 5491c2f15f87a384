package dev.skein.loadtest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** What one call of the command left behind. */
record Outcome(int exit, String out, String err) {
    /** Runs the command in this JVM. */
    static Outcome of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = SkeinLoad.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Outcome(exit, out.toString(), err.toString());
    }

    /** Runs a short scenario against a broker; its output is JSON. {@code arguments} are separated by spaces. */
    static Outcome against(TinyBroker broker, String arguments) {
        List<String> all = new ArrayList<>(List.of(arguments.split(" ", -1)));
        all.addAll(List.of("--port", Integer.toString(broker.port()), "--json", "-", "--threads", "2"));
        return of(all.toArray(String[]::new));
    }

    JsonNode json() {
        try {
            return new ObjectMapper().readTree(out);
        } catch (JsonProcessingException broken) {
            throw new AssertionError(out + err, broken);
        }
    }

    long check(String name) {
        return json().path("checks").path(name).asLong(-1);
    }
}
