package dev.skein.connectors.rocketmq;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** Signs each request with the secret key, as the access control of RocketMQ 4 and 5 expects. */
final class Signature implements RPCHook {
    private static final String ALGORITHM = "HmacSHA1";

    private final String accessKey;
    private final SecretKeySpec secretKey;

    Signature(String accessKey, String secretKey) {
        this.accessKey = accessKey;
        this.secretKey = new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    @Override
    public void doBeforeRequest(String remoteAddr, RemotingCommand request) {
        request.addExtField("AccessKey", accessKey);
        request.makeCustomHeaderToNet();
        request.addExtField("Signature", sign(request));
    }

    /** Over the values of all fields in the order of their names, and the body. */
    private String sign(RemotingCommand request) {
        StringBuilder values = new StringBuilder();
        new TreeMap<>(request.getExtFields()).forEach((name, value) -> {
            if (!name.equals("Signature")) {
                values.append(value);
            }
        });
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secretKey);
            mac.update(values.toString().getBytes(StandardCharsets.UTF_8));
            if (request.getBody() != null) {
                mac.update(request.getBody());
            }
            return Base64.getEncoder().encodeToString(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is not there", e);
        }
    }

    @Override
    public void doAfterResponse(String remoteAddr, RemotingCommand request, RemotingCommand response) {
        // the answers are not signed
    }
}
