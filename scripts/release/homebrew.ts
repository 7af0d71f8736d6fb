const DOWNLOADS = "https://github.com/noetl/noetl/releases/download";

/** A Homebrew formula for the archives of a release, as far as Homebrew has their platforms. */
export function formula(version: string, archives: Readonly<Record<string, { file: string; sha256: string }>>): string {
  const source = (name: string) => {
    const archive = archives[name];
    if (!archive) return [];
    return [`      url "${DOWNLOADS}/v${version}/${archive.file}"`, `      sha256 "${archive.sha256}"`];
  };
  const system = (on: string, os: string) =>
    [
      ["on_arm", `${os}-arm64`],
      ["on_intel", `${os}-x64`],
    ].flatMap(([cpu, name = ""]) => {
      const lines = source(name);
      return lines.length > 0 ? [`  ${on} do\n    ${cpu} do`, ...lines, "    end\n  end"] : [];
    });
  return `class Noetl < Formula
  desc "Run YAML playbooks on a laptop, on a server with workers, and on Kubernetes"
  homepage "https://noetl.io"
  version "${version}"
  license "MIT"

${[...system("on_macos", "darwin"), ...system("on_linux", "linux")].join("\n")}

  def install
    bin.install "noetl"
    bin.install_symlink "noetl" => "ntl"
    generate_completions_from_executable(bin/"noetl", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/noetl --version")
  end
end
`;
}
