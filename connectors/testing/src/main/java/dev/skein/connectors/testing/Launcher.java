package dev.skein.connectors.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs in the process of a server: starts it by its main classes, then does what lines of the standard input say. It
 * ends with its input, so that no server outlives its test.
 *
 * <p>A line is {@code class argument...} with tabs between; {@code class#method} names another static method than
 * {@code main}, and {@code @} before the line runs it on a thread of its own. Each line of the input is answered with
 * {@code done} or {@code failed} and the reason.
 */
public final class Launcher {
    /** Begins the lines that the other side reads: servers print, too. */
    static final String MARK = "launcher\t";

    /** Not every tool ends its last line. */
    private static final String LINE = "\n" + MARK;

    private Launcher() {}

    /** @param arguments the lines to begin with */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out; // house: RegexpSinglelineJava: the pipe to the test
        for (String line : arguments) {
            String failure = run(line);
            if (!failure.isEmpty()) {
                out.println(LINE + "failed\t" + failure);
                Runtime.getRuntime().halt(1);
            }
        }
        out.println(LINE + "done");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String failure = run(line);
            out.println(LINE + (failure.isEmpty() ? "done" : "failed\t" + failure));
        }
        Runtime.getRuntime().halt(0);
    }

    private static String run(String line) {
        if (line.startsWith("@")) {
            Thread.ofPlatform().start(() -> run(line.substring(1)));
            return "";
        }
        List<String> parts = Arrays.asList(line.split("\t"));
        String name = parts.getFirst();
        int hash = name.indexOf('#');
        String[] arguments = parts.subList(1, parts.size()).toArray(new String[0]);
        try {
            Object result = hash < 0
                    ? call(Class.forName(name), "main", arguments)
                    : call(Class.forName(name.substring(0, hash)), name.substring(hash + 1), arguments);
            return result instanceof Integer status && status != 0 ? "status " + status : "";
        } catch (InvocationTargetException e) {
            return String.valueOf(e.getCause()).replaceAll("\\s+", " ");
        } catch (ReflectiveOperationException e) {
            return e.toString();
        }
    }

    private static @Nullable Object call(Class<?> type, String name, String[] arguments)
            throws ReflectiveOperationException {
        for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isStatic(method.getModifiers()) && method.getName().equals(name)) {
                Class<?>[] parameters = method.getParameterTypes();
                method.setAccessible(true);
                if (Arrays.equals(parameters, new Class<?>[] {String[].class})) {
                    return method.invoke(null, (Object) arguments);
                }
                if (Arrays.equals(parameters, new Class<?>[] {String[].class, PrintStream.class})) {
                    return method.invoke(null, arguments, System.out); // house: RegexpSinglelineJava: the server's tool
                }
            }
        }
        throw new NoSuchMethodException(type + " " + name);
    }
}
