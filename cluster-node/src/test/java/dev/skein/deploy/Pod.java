package dev.skein.deploy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment that the StatefulSet gives to one pod. */
final class Pod {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Za-z_][A-Za-z0-9_]*)\\)");

    private Pod() {}

    static StatefulSet base() {
        return Manifests.read(StatefulSet.class, Manifests.BASE.resolve("statefulset.yaml"));
    }

    /** The StatefulSet or the part of one in the directory. */
    static StatefulSet in(String directory) {
        return Manifests.read(StatefulSet.class, Manifests.HOME.resolve(Path.of(directory, "statefulset.yaml")));
    }

    static Container container(StatefulSet set) {
        return set.getSpec().getTemplate().getSpec().getContainers().getFirst();
    }

    /** The variables of the base and of the parts, which win. */
    static List<EnvVar> variables(List<StatefulSet> parts) {
        List<EnvVar> variables = new ArrayList<>(container(base()).getEnv());
        parts.forEach(part -> variables.addAll(container(part).getEnv()));
        return variables;
    }

    /**
     * What the container of a pod sees.
     *
     * @param name of the pod
     * @param address of the pod
     * @param secrets {@code secret/key} and value
     */
    static Map<String, String> environment(
            List<EnvVar> variables, String name, String address, Map<String, String> secrets) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvVar variable : variables) {
            environment.put(variable.getName(), value(variable, environment, name, address, secrets));
        }
        return environment;
    }

    private static String value(
            EnvVar variable, Map<String, String> before, String name, String address, Map<String, String> secrets) {
        if (variable.getValueFrom() == null) {
            Matcher reference = REFERENCE.matcher(variable.getValue());
            return reference.replaceAll(
                    found -> Matcher.quoteReplacement(before.getOrDefault(found.group(1), found.group())));
        }
        var field = variable.getValueFrom().getFieldRef();
        if (field != null) {
            return switch (field.getFieldPath()) {
                case "metadata.name" -> name;
                case "status.podIP" -> address;
                default -> throw new IllegalArgumentException("fieldPath: " + field.getFieldPath());
            };
        }
        var secret = variable.getValueFrom().getSecretKeyRef();
        String key = secret.getName() + "/" + secret.getKey();
        return Optional.ofNullable(secrets.get(key))
                .orElseThrow(() -> new IllegalArgumentException(key + ": unknown secret"));
    }
}
