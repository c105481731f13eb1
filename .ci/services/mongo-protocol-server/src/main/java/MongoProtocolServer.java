import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.h2.mvstore.MVStore;

/**
 * Speaks MongoDB's wire protocol on 127.0.0.1, with its data in one H2 file: MongoProtocolServer PORT FILE.
 * Two adaptions make it fit for tests of an archive that must not lose what it acknowledged.
 */
public final class MongoProtocolServer {

  /** The newest version that the server knows itself is older than the oldest that today's drivers talk to. */
  private static final class WireVersion17 implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(6, 0, 0);
    }

    @Override
    public int getWireVersion() {
      return 17;
    }
  }

  public static void main(String[] arguments) throws Exception {
    // Without its background thread the store writes in the caller's thread, so that a commit that
    // returned has reached the file (the operating system's copy of it: a killed process loses nothing).
    MVStore store = new MVStore.Builder().fileName(arguments[1]).autoCommitDisabled().open();
    H2Backend backend = new H2Backend(store);
    backend.version(new WireVersion17());

    MongoServer server = new MongoServer(committingAfterEachCommand(backend, store));
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    System.out.println("ready " + server.getLocalAddress().getPort());
  }

  /** The backend keeps changes in memory until somebody commits; here that happens before any answer leaves. */
  private static MongoBackend committingAfterEachCommand(H2Backend backend, MVStore store) {
    return (MongoBackend)
        Proxy.newProxyInstance(
            MongoBackend.class.getClassLoader(),
            new Class<?>[] {MongoBackend.class},
            (proxy, method, parameters) -> {
              try {
                return method.invoke(backend, parameters);
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              } finally {
                // A command that failed half-way may have changed something too.
                if (method.getName().startsWith("handle") && store.hasUnsavedChanges()) store.commit();
              }
            });
  }
}
