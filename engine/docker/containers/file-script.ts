/**
 * Runs in the VM as root to list a folder as a running container sees it: `perl -e … FOLDER ID PATH MOST`, where FOLDER
 * is /proc/PID of the container's first process. It makes that process's root its own before it looks at the path, so
 * no link leads out of it, and loads nothing afterwards, so nothing of the container's is executed. The pid may belong
 * to somebody else by now: its cgroup has to name the container while its root is held.
 *
 * Answers fields that end in a zero byte, which no name can hold: `ok`, the folder's own path, how many entries were
 * left out, then eight for each entry; or `failed` and why.
 */
export const fileScript = String.raw`
use strict; use warnings;
use Cwd ();
my ($folder, $id, $path, $most) = @ARGV;
binmode(STDOUT);
sub failed { print join("\0", 'failed', @_), "\0"; exit 0; }
chdir("$folder/root") or failed('gone');
open(my $groups, '<', "$folder/cgroup") or failed('gone');
my $group = do { local $/; <$groups> };
failed('gone') unless defined $group && index($group, $id) >= 0;
chroot('.') or failed("$!");
chdir($path) or failed("$!");
opendir(my $listing, '.') or failed("$!");
my $own = Cwd::getcwd();
my ($omitted, $listed, $fields) = (0, 0, '');
while (defined(my $name = readdir($listing))) {
  next if $name eq '.' || $name eq '..';
  if ($listed >= $most) { $omitted++; next; }
  my (undef, undef, $mode, undef, $uid, $gid, undef, $size, undef, $changed) = lstat($name) or next;
  my ($target, $leads) = ('', '');
  if (-l _) {
    $target = readlink($name);
    $target = '' unless defined $target;
    $leads = -d $name ? 'folder' : -e _ ? 'file' : '';
  }
  $listed++;
  $fields .= join("\0", $name, $mode, $size, $changed, $uid, $gid, $target, $leads) . "\0";
}
print join("\0", 'ok', defined $own ? $own : $path, $omitted), "\0", $fields;
`;
