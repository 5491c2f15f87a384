package dev.skein.node.control.rpc;

import java.util.List;

/**
 * Who has signed a request.
 *
 * @param accessKeyId its access key
 * @param instances that have this key with the secret that has signed
 * @param address where it came from
 */
record RpcCaller(String accessKeyId, List<String> instances, String address) {
    private static final int KEY_SHOWN = 60;

    RpcCaller {
        instances = List.copyOf(instances);
    }

    /** For the audit log. */
    String by() {
        String key = accessKeyId.length() > KEY_SHOWN ? accessKeyId.substring(0, KEY_SHOWN) + "..." : accessKeyId;
        return "key " + key + "@" + address;
    }
}
