package dev.skein.node.control.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One request, as its operation sees it.
 *
 * @param action what is asked
 * @param parameters of query and form
 * @param caller who asks
 */
record RpcCall(String action, Map<String, String> parameters, RpcCaller caller) {
    /** A parameter, or an empty text. */
    String optional(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** A parameter that must be there and not be empty. */
    String required(String name) {
        String value = optional(name);
        if (value.isEmpty()) {
            throw RpcException.bad("Missing" + name, "%s is mandatory for this action.".formatted(name));
        }
        return value;
    }

    /** The instance, which must be one that the access key is of. */
    String instance() {
        String id = required("InstanceId");
        if (!caller.instances().contains(id)) {
            throw RpcException.bad(
                    "InstancePermissionCheckFailed",
                    "InstanceId: %s (expected: an instance that has access key %s)"
                            .formatted(id, caller.accessKeyId()));
        }
        return id;
    }

    /** A whole number. */
    long number(String name) {
        String text = required(name);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw RpcException.bad("InvalidParameter." + name, name + ": not a number (expected: a whole number)");
        }
    }

    /** The values of {@code name.1}, {@code name.2} and so on, 1..{@code max} of them. */
    List<String> list(String name, int max) {
        TreeMap<Integer, String> found = new TreeMap<>();
        parameters.forEach((key, value) -> {
            if (key.startsWith(name + ".")) {
                try {
                    found.put(Integer.parseInt(key.substring(name.length() + 1)), value);
                } catch (NumberFormatException e) {
                    throw RpcException.bad("InvalidParameter." + name, key + " (expected: " + name + ".<number>)");
                }
            }
        });
        if (found.isEmpty()) {
            throw RpcException.bad("Missing" + name, "%s is mandatory for this action.".formatted(name));
        }
        if (found.size() > max) {
            throw RpcException.bad(
                    "InvalidParameter." + name, "%s: %d (expected: at most %d)".formatted(name, found.size(), max));
        }
        return new ArrayList<>(found.values());
    }
}
