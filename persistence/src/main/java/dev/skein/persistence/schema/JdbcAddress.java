package dev.skein.persistence.schema;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JDBC address may be, and how it may be shown. */
public final class JdbcAddress {
    private static final String MASK = "***";

    /** A parameter, or what stands before the host. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)([?&;][^=&;\\s]*(?:password|pwd|secret|token|passphrase)=)[^&;\\s]*|(://[^/@:\\s]*:)[^/@\\s]*(?=@)");

    private static final String H2 = "jdbc:h2:";
    private static final String H2_FILE = H2 + "file:";
    private static final String H2_MEMORY = H2 + "mem:";
    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final Pattern H2_SETTING = Pattern.compile(";([^=;]*)");

    /** Of H2's settings, those that neither run a statement nor load a class, write another file or open a port. */
    private static final Set<String> H2_SETTINGS = Set.of(
            "ANALYZE_AUTO",
            "CACHE_SIZE",
            "DB_CLOSE_DELAY",
            "DB_CLOSE_ON_EXIT",
            "IFEXISTS",
            "LOCK_TIMEOUT",
            "MAX_COMPACT_TIME",
            "QUERY_CACHE_SIZE",
            "RETENTION_TIME",
            "WRITE_DELAY");

    private static final Pattern POSTGRESQL_PARAMETER = Pattern.compile("[?&]([^=&]*)=?([^&]*)");

    /** Of PostgreSQL's, those that load a class or write another file. */
    private static final Set<String> POSTGRESQL_FORBIDDEN = Set.of(
            "authenticationpluginclassname",
            "loggerfile",
            "socketfactory",
            "socketfactoryarg",
            "sslpasswordcallback",
            "sslhostnameverifier",
            "xmlfactoryfactory");

    private static final String SSL_FACTORY = "sslfactory";
    private static final String SSL_FACTORIES = "org.postgresql.ssl.";

    private JdbcAddress() {}

    /** {@code text} with every password in an address replaced, wherever the address stands in it. */
    public static String masked(String text) {
        return SECRET.matcher(text)
                .replaceAll(found ->
                        Matcher.quoteReplacement((found.group(1) == null ? found.group(2) : found.group(1)) + MASK));
    }

    /** What is expected instead of {@code url}, which an operator has given; empty when it may be used. */
    public static Optional<String> violation(String url) {
        if (url.isEmpty()) {
            return Optional.empty();
        }
        if (url.startsWith(POSTGRESQL)) {
            return ofPostgresql(url);
        }
        return url.startsWith(H2_FILE) || url.startsWith(H2_MEMORY)
                ? ofH2(url)
                : Optional.of(POSTGRESQL + "... or empty");
    }

    private static Optional<String> ofH2(String url) {
        Matcher setting = H2_SETTING.matcher(url);
        while (setting.find()) {
            if (!H2_SETTINGS.contains(setting.group(1).strip().toUpperCase(Locale.ROOT))) {
                return Optional.of(
                        "no setting " + setting.group(1).strip() + " in the address of an embedded database");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> ofPostgresql(String url) {
        Matcher parameter = POSTGRESQL_PARAMETER.matcher(url);
        while (parameter.find()) {
            String name = parameter.group(1).toLowerCase(Locale.ROOT);
            boolean loads = name.equals(SSL_FACTORY) && !parameter.group(2).startsWith(SSL_FACTORIES);
            if (loads || POSTGRESQL_FORBIDDEN.contains(name)) {
                return Optional.of("no parameter " + parameter.group(1) + ", which loads code or writes files");
            }
        }
        return Optional.empty();
    }
}
