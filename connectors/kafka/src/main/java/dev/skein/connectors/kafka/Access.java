package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Problems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;

/** How the brokers know this client, and it them: SASL and TLS. */
final class Access {
    static final List<String> KEYS =
            List.of("tls", "trust-file", "client-certificate-file", "username", "password", "sasl-mechanism");

    private static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");

    private Access() {}

    static void problems(Settings settings, Problems problems) {
        problems.reads(() -> settings.flag("tls", false));
        String mechanism = mechanism(settings);
        if (!MECHANISMS.contains(mechanism)) {
            problems.add("sasl-mechanism", mechanism, "one of " + String.join(", ", MECHANISMS));
        }
        for (String key : List.of("trust-file", "client-certificate-file")) {
            settings.text(key).ifPresent(file -> {
                if (!Files.isReadable(Path.of(file))) {
                    problems.add(key, file, "a file in PEM that can be read");
                }
                if (settings.text("tls").filter("true"::equals).isEmpty()) {
                    problems.add("tls", settings.text("tls").orElse("false"), "true, since " + key + " is set");
                }
            });
        }
    }

    private static String mechanism(Settings settings) {
        return settings.text("sasl-mechanism").orElse("SCRAM-SHA-512");
    }

    /** As Kafka's client wants it. */
    static Map<String, Object> properties(Settings settings) {
        Map<String, Object> properties = new HashMap<>();
        boolean tls = settings.flag("tls", false);
        String username = settings.text("username").orElse("");
        String protocol = (username.isEmpty() ? "" : "SASL_") + (tls ? "SSL" : "PLAINTEXT");
        properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
        if (!username.isEmpty()) {
            String mechanism = mechanism(settings);
            Class<?> module = mechanism.equals("PLAIN") ? PlainLoginModule.class : ScramLoginModule.class;
            properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
            properties.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    module.getName() + " required username=" + quoted(username) + " password="
                            + quoted(settings.text("password").orElse("")) + ";");
        }
        settings.text("trust-file").ifPresent(file -> {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, file);
        });
        settings.text("client-certificate-file").ifPresent(file -> {
            properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, file);
        });
        return properties;
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
